;; Work on whole runs of bytes, 16 at a time, in a fixed memory that never grows.
;; Assembled into bulk-module.ts; a test holds the two together.
(module
  ;; 64 KiB to read into, 64 KiB for other input, twice that for output, and slack for whole stores.
  (memory (export "memory") 5 5)

  ;; XORs [at, end) with the masking key, given as the four bytes it has in memory. Returns 0 if
  ;; every resulting byte is ASCII.
  (func (export "unmask") (param $at i32) (param $end i32) (param $key i32) (result i32)
    (local $bytes v128)
    (local $seen v128)
    (local $byte i32)
    (local $seenLate i32)
    (block $tail
      (loop $next
        (br_if $tail (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)))
        (local.set $bytes
          (v128.xor (v128.load align=1 (local.get $at)) (i32x4.splat (local.get $key))))
        (v128.store align=1 (local.get $at) (local.get $bytes))
        (local.set $seen (v128.or (local.get $seen) (local.get $bytes)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte
          (i32.xor (i32.load8_u (local.get $at)) (i32.and (local.get $key) (i32.const 0xff))))
        (i32.store8 (local.get $at) (local.get $byte))
        (local.set $seenLate (i32.or (local.get $seenLate) (local.get $byte)))
        (local.set $key (i32.rotr (local.get $key) (i32.const 8)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (i32.or
      (i8x16.bitmask (local.get $seen))
      (i32.and (local.get $seenLate) (i32.const 0x80))))

  ;; Writes the valid UTF-8 in [at, end) as UTF-16 (little-endian) from $out on, and returns where
  ;; that ends. May write up to 32 bytes beyond.
  (func (export "transcode") (param $at i32) (param $end i32) (param $out i32) (result i32)
    (local $bytes v128)
    (local $beyondAscii i32)
    (local $count i32)
    (local $lead i32)
    (local $point i32)
    (loop $run
      (block $scalar
        (br_if $scalar (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)))
        (local.set $bytes (v128.load align=1 (local.get $at)))
        (v128.store align=1 (local.get $out) (i16x8.extend_low_i8x16_u (local.get $bytes)))
        (v128.store offset=16 align=1
          (local.get $out) (i16x8.extend_high_i8x16_u (local.get $bytes)))
        (local.set $beyondAscii (i8x16.bitmask (local.get $bytes)))
        ;; How many of the 16 come before the first that is not ASCII; 16 where none is.
        (local.set $count
          (i32.ctz (i32.or (local.get $beyondAscii) (i32.const 0x10000))))
        (local.set $at (i32.add (local.get $at) (local.get $count)))
        (local.set $out (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 1))))
        (br_if $run (i32.eqz (local.get $beyondAscii))))
      (loop $character
        (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (local.get $out))))
        (local.set $lead (i32.load8_u (local.get $at)))
        (if (i32.lt_u (local.get $lead) (i32.const 0x80))
          (then
            (i32.store16 (local.get $out) (local.get $lead))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (local.set $out (i32.add (local.get $out) (i32.const 2)))
            (br $run)))
        (if (i32.lt_u (local.get $lead) (i32.const 0xe0))
          (then
            (i32.store16 (local.get $out)
              (i32.or
                (i32.shl (i32.and (local.get $lead) (i32.const 0x1f)) (i32.const 6))
                (i32.and (i32.load8_u offset=1 (local.get $at)) (i32.const 0x3f))))
            (local.set $at (i32.add (local.get $at) (i32.const 2)))
            (local.set $out (i32.add (local.get $out) (i32.const 2)))
            (br $character)))
        (local.set $point
          (i32.or
            (i32.shl (i32.and (i32.load8_u offset=1 (local.get $at)) (i32.const 0x3f)) (i32.const 6))
            (i32.and (i32.load8_u offset=2 (local.get $at)) (i32.const 0x3f))))
        (if (i32.lt_u (local.get $lead) (i32.const 0xf0))
          (then
            (i32.store16 (local.get $out)
              (i32.or
                (i32.shl (i32.and (local.get $lead) (i32.const 0x0f)) (i32.const 12))
                (local.get $point)))
            (local.set $at (i32.add (local.get $at) (i32.const 3)))
            (local.set $out (i32.add (local.get $out) (i32.const 2)))
            (br $character)))
        ;; Beyond U+FFFF: a surrogate pair.
        (local.set $point
          (i32.sub
            (i32.or
              (i32.or
                (i32.shl (i32.and (local.get $lead) (i32.const 0x07)) (i32.const 18))
                (i32.shl (local.get $point) (i32.const 6)))
              (i32.and (i32.load8_u offset=3 (local.get $at)) (i32.const 0x3f)))
            (i32.const 0x10000)))
        (i32.store16 (local.get $out)
          (i32.or (i32.const 0xd800) (i32.shr_u (local.get $point) (i32.const 10))))
        (i32.store16 offset=2 (local.get $out)
          (i32.or (i32.const 0xdc00) (i32.and (local.get $point) (i32.const 0x3ff))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $character)))
    (unreachable)))
