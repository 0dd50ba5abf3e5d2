;; Work on whole runs of bytes, 16 at a time, in a fixed memory that never grows.
;; Assembled into bulk-module.ts; a test holds the two together.
(module
  ;; 64 KiB to read into, 64 KiB for other input, twice that for output, and slack for whole stores.
  (memory (export "memory") 5 5)

  ;; XORs [at, end) with the masking key, given as the four bytes it has in memory. Returns 0 if
  ;; every resulting byte is ASCII.
  (func $unmask (export "unmask") (param $at i32) (param $end i32) (param $key i32) (result i32)
    (local $bytes v128)
    (local $keys v128)
    (local $within v128)
    (local $seen v128)
    (local.set $keys (i32x4.splat (local.get $key)))
    (block $tail
      (loop $next
        (br_if $tail (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)))
        (local.set $bytes (v128.xor (v128.load align=1 (local.get $at)) (local.get $keys)))
        (v128.store align=1 (local.get $at) (local.get $bytes))
        (local.set $seen (v128.or (local.get $seen) (local.get $bytes)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    ;; The last few: of what lies beyond, the same is written that was there.
    (local.set $within
      (i8x16.lt_u
        (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
        (i8x16.splat (i32.sub (local.get $end) (local.get $at)))))
    (local.set $bytes
      (v128.xor
        (v128.load align=1 (local.get $at))
        (v128.and (local.get $keys) (local.get $within))))
    (v128.store align=1 (local.get $at) (local.get $bytes))
    (i8x16.bitmask
      (v128.or (local.get $seen) (v128.and (local.get $bytes) (local.get $within)))))

  ;; Unmasks the run of frames that begins at $at and ends by $end, as long as each is a whole text
  ;; of up to 125 bytes, all of them ASCII, and returns where the run ends. Leaves a key of zero in
  ;; each header, so that an unmasked frame can still be read as any other.
  (func (export "unmaskTexts") (param $at i32) (param $end i32) (result i32)
    (local $length i32)
    (local $payload i32)
    (local $beyondAscii i32)
    (block $done
      (loop $frame
        (local.set $payload (i32.add (local.get $at) (i32.const 6)))
        (br_if $done (i32.gt_u (local.get $payload) (local.get $end)))
        ;; FIN and the opcode of text, nothing reserved; masked.
        (br_if $done
          (i32.ne
            (i32.and (i32.load16_u align=1 (local.get $at)) (i32.const 0x80ff))
            (i32.const 0x8081)))
        (local.set $length (i32.and (i32.load8_u offset=1 (local.get $at)) (i32.const 0x7f)))
        (br_if $done (i32.gt_u (local.get $length) (i32.const 125)))
        (br_if $done
          (i32.gt_u (i32.add (local.get $payload) (local.get $length)) (local.get $end)))
        (local.set $beyondAscii
          (call $unmask
            (local.get $payload)
            (i32.add (local.get $payload) (local.get $length))
            (i32.load offset=2 align=1 (local.get $at))))
        (i32.store offset=2 align=1 (local.get $at) (i32.const 0))
        (br_if $done (local.get $beyondAscii))
        (local.set $at (i32.add (local.get $payload) (local.get $length)))
        (br $frame)))
    (local.get $at))

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
