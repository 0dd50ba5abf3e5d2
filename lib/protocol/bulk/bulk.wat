;; Work on whole runs of bytes, 16 at a time, in a fixed memory that never grows.
;; Assembled into bulk-module.ts; a test holds the two together.
(module
  ;; 64 KiB to read into, 64 KiB for other input, twice that for output, and 64 KiB of which the
  ;; first 256 bytes are slack for whole stores, and the tables of bulk-tables.ts follow; then eight
  ;; slabs of 64 KiB.
  (memory (export "memory") 13 13)

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
  ;; that ends. May write up to 32 bytes beyond. Where characters end is found for 64 bytes at once;
  ;; then four at a time are spread over 32-bit lanes, their bytes reversed, by a shuffle looked up
  ;; for their lengths. Where none has more than two bytes, 16-bit lanes do for up to eight.
  ;; Characters of four bytes and the last 63 bytes go one by one.
  (func (export "decode") (param $at i32) (param $end i32) (param $out i32) (result i32)
    (local $bytes v128)
    (local $ends i64)
    (local $isShort i32)
    (local $left i32)
    (local $entry i32)
    (local $lead i32)
    (local $point i32)
    (loop $block
      (block $scalar
        (br_if $scalar (i32.gt_u (i32.add (local.get $at) (i32.const 64)) (local.get $end)))
        ;; A bit for every byte that another character follows.
        (local.set $ends
          (i64.shr_u
            (i64.xor
              (i64.or
                (i64.or
                  (i64.extend_i32_u
                    (i8x16.bitmask
                      (i8x16.lt_s (v128.load align=1 (local.get $at))
                        (v128.const i8x16 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64))))
                  (i64.shl
                    (i64.extend_i32_u
                      (i8x16.bitmask
                        (i8x16.lt_s (v128.load offset=16 align=1 (local.get $at))
                          (v128.const i8x16 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64))))
                    (i64.const 16)))
                (i64.or
                  (i64.shl
                    (i64.extend_i32_u
                      (i8x16.bitmask
                        (i8x16.lt_s (v128.load offset=32 align=1 (local.get $at))
                          (v128.const i8x16 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64))))
                    (i64.const 32))
                  (i64.shl
                    (i64.extend_i32_u
                      (i8x16.bitmask
                        (i8x16.lt_s (v128.load offset=48 align=1 (local.get $at))
                          (v128.const i8x16 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64 -64))))
                    (i64.const 48))))
              (i64.const -1))
            (i64.const 1)))
        (local.set $isShort
          (i32.eqz
            (v128.any_true
              (i8x16.ge_u
                (i8x16.max_u
                  (i8x16.max_u
                    (v128.load align=1 (local.get $at))
                    (v128.load offset=16 align=1 (local.get $at)))
                  (i8x16.max_u
                    (v128.load offset=32 align=1 (local.get $at))
                    (v128.load offset=48 align=1 (local.get $at))))
                (i8x16.splat (i32.const 0xe0))))))
        ;; Twelve bytes from here on are known as long as they begin among the first 52.
        (local.set $left (i32.const 52))
        (loop $next
          (local.set $bytes (v128.load align=1 (local.get $at)))
          (if (local.get $isShort)
            (then
              ;; As many as end within eight bytes, over 16-bit lanes.
              (local.set $entry (i32.and (i32.wrap_i64 (local.get $ends)) (i32.const 0xff)))
              (br_if $scalar (i32.eqz (local.get $entry)))
              (local.set $bytes
                (i8x16.swizzle
                  (local.get $bytes)
                  (v128.load offset=0x44100 align=1 (i32.shl (local.get $entry) (i32.const 4)))))
              (v128.store align=1
                (local.get $out)
                (v128.or
                  (v128.and (local.get $bytes) (i16x8.splat (i32.const 0x7f)))
                  (i16x8.shr_u
                    (v128.and (local.get $bytes) (i16x8.splat (i32.const 0x1f00)))
                    (i32.const 2))))
              (local.set $out
                (i32.add
                  (local.get $out) (i32.shl (i32.popcnt (local.get $entry)) (i32.const 1))))
              (local.set $entry (i32.sub (i32.const 32) (i32.clz (local.get $entry)))))
            (else
              (local.set $entry (i32.and (i32.wrap_i64 (local.get $ends)) (i32.const 0xfff)))
              (if (i32.eq (local.get $entry) (i32.const 0xfff))
                (then
                  (v128.store align=1 (local.get $out) (i16x8.extend_low_i8x16_u (local.get $bytes)))
                  (v128.store offset=16 align=1
                    (local.get $out) (i16x8.extend_high_i8x16_u (local.get $bytes)))
                  (local.set $out (i32.add (local.get $out) (i32.const 24)))
                  (local.set $entry (i32.const 12)))
                (else
                  (local.set $entry
                    (i32.load16_u offset=0x40100 (i32.shl (local.get $entry) (i32.const 1))))
                  ;; One of the four has four bytes.
                  (br_if $scalar (i32.eqz (local.get $entry)))
                  (local.set $bytes
                    (i8x16.swizzle
                      (local.get $bytes)
                      (v128.load offset=0x42100 align=1
                        (i32.and (local.get $entry) (i32.const 0xfff0)))))
                  (local.set $bytes
                    (v128.or
                      (v128.and (local.get $bytes) (v128.const i32x4 0x7f 0x7f 0x7f 0x7f))
                      (v128.or
                        (i32x4.shr_u
                          (v128.and (local.get $bytes) (v128.const i32x4 0x3f00 0x3f00 0x3f00 0x3f00))
                          (i32.const 2))
                        (i32x4.shr_u
                          (v128.and
                            (local.get $bytes) (v128.const i32x4 0xf0000 0xf0000 0xf0000 0xf0000))
                          (i32.const 4)))))
                  (i64.store align=1
                    (local.get $out)
                    (i64x2.extract_lane 0
                      (i16x8.narrow_i32x4_u (local.get $bytes) (local.get $bytes))))
                  (local.set $out (i32.add (local.get $out) (i32.const 8)))
                  (local.set $entry (i32.and (local.get $entry) (i32.const 15)))))))
          (local.set $at (i32.add (local.get $at) (local.get $entry)))
          (local.set $ends
            (i64.shr_u (local.get $ends) (i64.extend_i32_u (local.get $entry))))
          (local.set $left (i32.sub (local.get $left) (local.get $entry)))
          (br_if $next (i32.gt_s (local.get $left) (i32.const 0))))
        (br $block))
      (loop $character
        (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (local.get $out))))
        (local.set $lead (i32.load8_u (local.get $at)))
        (if (i32.lt_u (local.get $lead) (i32.const 0x80))
          (then
            (i32.store16 (local.get $out) (local.get $lead))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (local.set $out (i32.add (local.get $out) (i32.const 2)))
            (br $character)))
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
        ;; Often several come together.
        (br_if $character (i32.ge_u (i32.load8_u (local.get $at)) (i32.const 0xf0)))
        (br $block)))
    (unreachable))

  ;; Writes the UTF-16 (little-endian) in [at, end) as UTF-8 from $out on, and returns where that
  ;; ends. May write up to 16 bytes beyond. A surrogate without its other half becomes U+FFFD. Four
  ;; characters at a time are laid out in 32-bit lanes, last byte first, and shuffled together.
  (func (export "encode") (param $at i32) (param $end i32) (param $out i32) (result i32)
    (local $units v128)
    (local $points v128)
    (local $beyondOne v128)
    (local $beyondTwo v128)
    (local $isSecondHalf i32)
    (local $lengths i32)
    (local $unit i32)
    (local $low i32)
    (local $max1 v128)
    (local $max2 v128)
    (local $marks3 v128)
    (local $marks2 v128)
    (local $bits1 v128)
    (local $bits2 v128)
    (local $bits3 v128)
    (local $surrogateBits v128)
    (local $surrogate v128)
    (local $aboveAscii v128)
    (local.set $max1 (i32x4.splat (i32.const 0x7f)))
    (local.set $max2 (i32x4.splat (i32.const 0x7ff)))
    (local.set $marks3 (i32x4.splat (i32.const 0xe08080)))
    (local.set $marks2 (i32x4.splat (i32.const 0xc080)))
    (local.set $bits1 (i32x4.splat (i32.const 0x3f)))
    (local.set $bits2 (i32x4.splat (i32.const 0x3f00)))
    (local.set $bits3 (i32x4.splat (i32.const 0xf0000)))
    (local.set $surrogateBits (i16x8.splat (i32.const 0xf800)))
    (local.set $surrogate (i16x8.splat (i32.const 0xd800)))
    (local.set $aboveAscii (i16x8.splat (i32.const 0xff80)))
    (loop $run
      (block $scalar
        (br_if $scalar (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)))
        (local.set $units (v128.load align=1 (local.get $at)))
        (br_if $scalar
          (v128.any_true
            (i16x8.eq
              (v128.and (local.get $units)
                (local.get $surrogateBits))
              (local.get $surrogate))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (if
          (i32.eqz
            (v128.any_true
              (v128.and (local.get $units)
                (local.get $aboveAscii))))
          (then
            (i64.store align=1
              (local.get $out)
              (i64x2.extract_lane 0 (i8x16.narrow_i16x8_u (local.get $units) (local.get $units))))
            (local.set $out (i32.add (local.get $out) (i32.const 8)))
            (br $run)))
        ;; No more than two bytes each: eight at once, in 16-bit lanes.
        (if
          (i32.eqz
            (v128.any_true (v128.and (local.get $units) (i16x8.splat (i32.const 0xf800)))))
          (then
            (local.set $beyondOne
              (i16x8.gt_u (local.get $units) (i16x8.splat (i32.const 0x7f))))
            (local.set $lengths (i16x8.bitmask (local.get $beyondOne)))
            (v128.store align=1
              (local.get $out)
              (i8x16.swizzle
                (v128.bitselect
                  (v128.or
                    (i16x8.splat (i32.const 0x80c0))
                    (v128.or
                      (i16x8.shr_u (local.get $units) (i32.const 6))
                      (i16x8.shl
                        (v128.and (local.get $units) (i16x8.splat (i32.const 0x3f)))
                        (i32.const 8))))
                  (local.get $units)
                  (local.get $beyondOne))
                (v128.load offset=0x45100 align=1 (i32.shl (local.get $lengths) (i32.const 4)))))
            (local.set $out
              (i32.add
                (i32.add (local.get $out) (i32.const 8)) (i32.popcnt (local.get $lengths))))
            (br $run)))
        (local.set $isSecondHalf (i32.const 0))
        (loop $half
          (local.set $points (i32x4.extend_low_i16x8_u (local.get $units)))
          (local.set $beyondOne
            (i32x4.gt_s (local.get $points) (local.get $max1)))
          (local.set $beyondTwo
            (i32x4.gt_s (local.get $points) (local.get $max2)))
          (local.set $lengths
            (i32.or
              (i32x4.bitmask (local.get $beyondOne))
              (i32.shl (i32x4.bitmask (local.get $beyondTwo)) (i32.const 4))))
          (v128.store align=1
            (local.get $out)
            (i8x16.swizzle
              (v128.bitselect
                (v128.or
                  ;; The marks of the bytes of two, and of three.
                  (v128.bitselect
                    (local.get $marks3)
                    (local.get $marks2)
                    (local.get $beyondTwo))
                  (v128.or
                    (v128.and (local.get $points) (local.get $bits1))
                    (v128.or
                      (v128.and
                        (i32x4.shl (local.get $points) (i32.const 2))
                        (local.get $bits2))
                      (v128.and
                        (i32x4.shl (local.get $points) (i32.const 4))
                        (local.get $bits3)))))
                (local.get $points)
                (local.get $beyondOne))
              (v128.load offset=0x43100 align=1 (i32.shl (local.get $lengths) (i32.const 4)))))
          (local.set $out
            (i32.add
              (i32.add (local.get $out) (i32.const 4)) (i32.popcnt (local.get $lengths))))
          (local.set $units
            (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15
              (local.get $units) (local.get $units)))
          (local.set $isSecondHalf (i32.xor (local.get $isSecondHalf) (i32.const 1)))
          (br_if $half (local.get $isSecondHalf)))
        (br $run))
      (loop $character
        (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (local.get $out))))
        (local.set $unit (i32.load16_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))
        (if (i32.lt_u (local.get $unit) (i32.const 0x80))
          (then
            (i32.store8 (local.get $out) (local.get $unit))
            (local.set $out (i32.add (local.get $out) (i32.const 1)))
            (br $character)))
        (if (i32.lt_u (local.get $unit) (i32.const 0x800))
          (then
            (i32.store8 (local.get $out)
              (i32.or (i32.const 0xc0) (i32.shr_u (local.get $unit) (i32.const 6))))
            (i32.store8 offset=1 (local.get $out)
              (i32.or (i32.const 0x80) (i32.and (local.get $unit) (i32.const 0x3f))))
            (local.set $out (i32.add (local.get $out) (i32.const 2)))
            (br $character)))
        (if (i32.eq (i32.and (local.get $unit) (i32.const 0xf800)) (i32.const 0xd800))
          (then
            (local.set $low
              (select
                (i32.load16_u (local.get $at))
                (i32.const 0)
                (i32.lt_u (local.get $at) (local.get $end))))
            (if
              (i32.and
                (i32.lt_u (local.get $unit) (i32.const 0xdc00))
                (i32.eq (i32.and (local.get $low) (i32.const 0xfc00)) (i32.const 0xdc00)))
              (then
                (local.set $at (i32.add (local.get $at) (i32.const 2)))
                ;; 0x10000 + the ten bits of each.
                (local.set $unit
                  (i32.add
                    (i32.add (i32.shl (local.get $unit) (i32.const 10)) (local.get $low))
                    (i32.const -56613888)))
                (i32.store8 (local.get $out)
                  (i32.or (i32.const 0xf0) (i32.shr_u (local.get $unit) (i32.const 18))))
                (i32.store8 offset=1 (local.get $out)
                  (i32.or (i32.const 0x80)
                    (i32.and (i32.shr_u (local.get $unit) (i32.const 12)) (i32.const 0x3f))))
                (i32.store8 offset=2 (local.get $out)
                  (i32.or (i32.const 0x80)
                    (i32.and (i32.shr_u (local.get $unit) (i32.const 6)) (i32.const 0x3f))))
                (i32.store8 offset=3 (local.get $out)
                  (i32.or (i32.const 0x80) (i32.and (local.get $unit) (i32.const 0x3f))))
                (local.set $out (i32.add (local.get $out) (i32.const 4)))
                (br $run))
              (else (local.set $unit (i32.const 0xfffd))))))
        (i32.store8 (local.get $out)
          (i32.or (i32.const 0xe0) (i32.shr_u (local.get $unit) (i32.const 12))))
        (i32.store8 offset=1 (local.get $out)
          (i32.or (i32.const 0x80)
            (i32.and (i32.shr_u (local.get $unit) (i32.const 6)) (i32.const 0x3f))))
        (i32.store8 offset=2 (local.get $out)
          (i32.or (i32.const 0x80) (i32.and (local.get $unit) (i32.const 0x3f))))
        (local.set $out (i32.add (local.get $out) (i32.const 3)))
        (br_if $character (i32.ne (local.get $unit) (i32.const 0xfffd)))
        (br $run)))
    (unreachable)))
