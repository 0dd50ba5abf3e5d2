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
  ;; that ends. May write up to 16 bytes beyond.
  ;;
  ;; Of 16 bytes at once, each is taken for the last of a character, and its code unit computed from
  ;; it and the bytes before. A shuffle then keeps the units of those that are. No branch depends on
  ;; where characters end: the processor could not predict it, and each wrong guess takes as long as
  ;; 16 bytes do.
  (func (export "decode") (param $at i32) (param $end i32) (param $out i32) (result i32)
    (local $left i32)
    (local $runEnd i32)
    (local $ends i32)
    (local $before v128)
    (local $bytes v128)
    (local $back1 v128)
    (local $back2 v128)
    (local $continues v128)
    (local $low v128)
    (local $high v128)
    (local $thirdOfFour v128)
    (local $fourth v128)
    (local $pairBits v128)
    ;; Constants that are not in a register or in memory would be computed anew each time.
    (local $lead v128)
    (local $leadOfFour v128)
    (local $bits7 v128)
    (local $bits4 v128)
    (local $bits2 v128)
    (local $upper2 v128)
    (local $upper4 v128)
    (local.set $lead (i8x16.splat (i32.const -64)))
    (local.set $leadOfFour (i8x16.splat (i32.const 0xf0)))
    (local.set $bits7 (i8x16.splat (i32.const 0x7f)))
    (local.set $bits4 (i8x16.splat (i32.const 0x0f)))
    (local.set $bits2 (i8x16.splat (i32.const 0x03)))
    (local.set $upper2 (i8x16.splat (i32.const 0xc0)))
    (local.set $upper4 (i8x16.splat (i32.const 0xf0)))
    (loop $run
      (local.set $left (i32.sub (local.get $end) (local.get $at)))
      (if (i32.le_s (local.get $left) (i32.const 0)) (then (return (local.get $out))))
      (local.set $runEnd (local.get $end))
      (if (i32.ge_u (local.get $left) (i32.const 64))
        (then
          (local.set $runEnd (i32.add (local.get $at) (i32.const 64)))
          (if
            (i32.eqz
              (i8x16.bitmask
                (v128.or
                  (v128.or
                    (v128.load align=1 (local.get $at))
                    (v128.load offset=16 align=1 (local.get $at)))
                  (v128.or
                    (v128.load offset=32 align=1 (local.get $at))
                    (v128.load offset=48 align=1 (local.get $at))))))
            (then
              (loop $ascii
                (v128.store align=1 (local.get $out) (v128.load8x8_u align=1 (local.get $at)))
                (v128.store offset=16 align=1
                  (local.get $out) (v128.load8x8_u offset=8 align=1 (local.get $at)))
                (local.set $at (i32.add (local.get $at) (i32.const 16)))
                (local.set $out (i32.add (local.get $out) (i32.const 32)))
                (br_if $ascii (i32.lt_u (local.get $at) (local.get $runEnd))))
              (local.set $before (v128.const i64x2 0 0))
              (br $run)))))
      (loop $next
        (local.set $bytes (v128.load align=1 (local.get $at)))
        (local.set $back1
          (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
            (local.get $before) (local.get $bytes)))
        (local.set $back2
          (i8x16.shuffle 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29
            (local.get $before) (local.get $bytes)))
        ;; A bit for every byte that none follows that continues a character.
        (local.set $ends
          (i32.xor
            (i8x16.bitmask
              (i8x16.lt_s (v128.load offset=1 align=1 (local.get $at)) (local.get $lead)))
            (i32.const 0xffff)))
        ;; ASCII: 0aaaaaaa. Else the last two bytes are ....bbaa 10aaaaaa and give bbaaaaaa ...
        (local.set $continues (i8x16.lt_s (local.get $bytes) (local.get $lead)))
        (local.set $low
          (v128.or
            (v128.and (local.get $bytes) (local.get $bits7))
            (v128.and
              (v128.and (i16x8.shl (local.get $back1) (i32.const 6)) (local.get $upper2))
              (local.get $continues))))
        ;; ... and the four bits before these, with four of the byte before if there is one.
        (local.set $high
          (v128.and
            (v128.or
              (v128.and (i16x8.shr_u (local.get $back1) (i32.const 2)) (local.get $bits4))
              (v128.and
                (v128.and (i16x8.shl (local.get $back2) (i32.const 4)) (local.get $upper4))
                (i8x16.lt_s (local.get $back1) (local.get $lead))))
            (local.get $continues)))
        ;; Of four bytes, the third stands for the first half of a surrogate pair: 0xd7c0 and what
        ;; the first three bytes give. The fourth stands for the second half.
        (local.set $thirdOfFour (i8x16.ge_u (local.get $back2) (local.get $leadOfFour)))
        (local.set $fourth
          (i8x16.ge_u
            (i8x16.shuffle 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28
              (local.get $before) (local.get $bytes))
            (local.get $leadOfFour)))
        (if (v128.any_true (v128.or (local.get $thirdOfFour) (local.get $fourth)))
          (then
            (local.set $high
              (v128.bitselect
                (v128.or
                  (v128.and (local.get $high) (local.get $bits2))
                  (i8x16.splat (i32.const 0xdc)))
                (local.get $high)
                (local.get $fourth)))
            (local.set $pairBits
              (v128.or
                (i8x16.shl (local.get $back1) (i32.const 2))
                (v128.and (i16x8.shr_u (local.get $bytes) (i32.const 4)) (local.get $bits2))))
            (local.set $low
              (v128.bitselect
                (i8x16.add (local.get $pairBits) (local.get $upper2))
                (local.get $low)
                (local.get $thirdOfFour)))
            ;; Less the mask is plus one: the sum below overflowed.
            (local.set $high
              (v128.bitselect
                (i8x16.sub
                  (i8x16.add
                    (v128.and (local.get $back2) (i8x16.splat (i32.const 0x07)))
                    (i8x16.splat (i32.const 0xd7)))
                  (i8x16.ge_u (local.get $pairBits) (i8x16.splat (i32.const 0x40))))
                (local.get $high)
                (local.get $thirdOfFour)))
            (local.set $ends
              (i32.or (local.get $ends) (i8x16.bitmask (local.get $thirdOfFour))))))
        ;; What is behind the end counts for nothing.
        (local.set $left (i32.sub (local.get $end) (local.get $at)))
        (if (i32.le_u (local.get $left) (i32.const 16))
          (then
            (local.set $ends
              (i32.and
                (i32.or
                  (local.get $ends)
                  (i32.shl (i32.const 1) (i32.sub (local.get $left) (i32.const 1))))
                (i32.sub (i32.shl (i32.const 1) (local.get $left)) (i32.const 1))))))
        (v128.store align=1
          (local.get $out)
          (i8x16.swizzle
            (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23
              (local.get $low) (local.get $high))
            (v128.load offset=0x40100 align=1
              (i32.shl (i32.and (local.get $ends) (i32.const 0xff)) (i32.const 4)))))
        (local.set $out
          (i32.add
            (local.get $out)
            (i32.shl (i32.popcnt (i32.and (local.get $ends) (i32.const 0xff))) (i32.const 1))))
        (local.set $ends (i32.shr_u (local.get $ends) (i32.const 8)))
        (v128.store align=1
          (local.get $out)
          (i8x16.swizzle
            (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31
              (local.get $low) (local.get $high))
            (v128.load offset=0x40100 align=1 (i32.shl (local.get $ends) (i32.const 4)))))
        (local.set $out
          (i32.add (local.get $out) (i32.shl (i32.popcnt (local.get $ends)) (i32.const 1))))
        (local.set $before (local.get $bytes))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $runEnd))))
      (br $run))
    (unreachable))

  ;; Writes the lower byte of each unit of the UTF-16 in [at, end) from $out on, and returns 1; 0 as
  ;; soon as a unit has more.
  (func (export "narrow") (param $at i32) (param $end i32) (param $out i32) (result i32)
    (local $units1 v128)
    (local $units2 v128)
    (local $upper v128)
    (local.set $upper (i16x8.splat (i32.const 0xff00)))
    (block $tail
      (loop $next
        (br_if $tail (i32.gt_u (i32.add (local.get $at) (i32.const 32)) (local.get $end)))
        (local.set $units1 (v128.load align=1 (local.get $at)))
        (local.set $units2 (v128.load offset=16 align=1 (local.get $at)))
        (if
          (v128.any_true
            (v128.and (v128.or (local.get $units1) (local.get $units2)) (local.get $upper)))
          (then (return (i32.const 0))))
        (v128.store align=1
          (local.get $out) (i8x16.narrow_i16x8_u (local.get $units1) (local.get $units2)))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (loop $unit
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 1))))
      (if (i32.load8_u offset=1 (local.get $at)) (then (return (i32.const 0))))
      (i32.store8 (local.get $out) (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (local.set $out (i32.add (local.get $out) (i32.const 1)))
      (br $unit))
    (unreachable))

  ;; Writes the UTF-16 (little-endian) in [at, end) as UTF-8 from $out on, and returns where that
  ;; ends. May write up to 20 bytes beyond. A surrogate without its other half becomes U+FFFD.
  ;;
  ;; Of eight units at once, each gives four bytes: the first of three, or the only one; a gap; the
  ;; last two. A shuffle looked up for the lengths of four units keeps what is needed. Each half of
  ;; a surrogate pair gives two bytes, of which the first half's need nothing of the second's.
  (func (export "encode") (param $at i32) (param $end i32) (param $out i32) (result i32)
    (local $left i32)
    (local $runEnd i32)
    (local $beyondEnd i32)
    (local $lengths i32)
    (local $before v128)
    (local $units v128)
    (local $after v128)
    (local $back1 v128)
    (local $beyondTwo v128)
    (local $firsts v128)
    (local $lasts v128)
    (local $kinds v128)
    (local $surrogates v128)
    (local $highs v128)
    (local $lows v128)
    (local $shifted v128)
    (local $beyondAscii v128)
    (local $twoBytes v128)
    (local $threeBytes v128)
    (local $marksOfTwo v128)
    (local $bits6 v128)
    (local $bit6 v128)
    (local $leadOfThree v128)
    (local $surrogateBits v128)
    (local $anySurrogate v128)
    (local.set $beyondAscii (i16x8.splat (i32.const 0xff80)))
    (local.set $twoBytes (i16x8.splat (i32.const 0x80)))
    (local.set $threeBytes (i16x8.splat (i32.const 0x800)))
    (local.set $marksOfTwo (i16x8.splat (i32.const 0x80c0)))
    (local.set $bits6 (i16x8.splat (i32.const 0x3f)))
    (local.set $bit6 (i16x8.splat (i32.const 0x40)))
    (local.set $leadOfThree (i16x8.splat (i32.const 0xe0)))
    (local.set $surrogateBits (i16x8.splat (i32.const 0xf800)))
    (local.set $anySurrogate (i16x8.splat (i32.const 0xd800)))
    (loop $run
      (local.set $left (i32.sub (local.get $end) (local.get $at)))
      (if (i32.le_s (local.get $left) (i32.const 0)) (then (return (local.get $out))))
      (local.set $runEnd (local.get $end))
      (if (i32.ge_u (local.get $left) (i32.const 64))
        (then
          (local.set $runEnd (i32.add (local.get $at) (i32.const 64)))
          (if
            (i32.eqz
              (v128.any_true
                (v128.and
                  (v128.or
                    (v128.or
                      (v128.load align=1 (local.get $at))
                      (v128.load offset=16 align=1 (local.get $at)))
                    (v128.or
                      (v128.load offset=32 align=1 (local.get $at))
                      (v128.load offset=48 align=1 (local.get $at))))
                  (local.get $beyondAscii))))
            (then
              (v128.store align=1
                (local.get $out)
                (i8x16.narrow_i16x8_u
                  (v128.load align=1 (local.get $at))
                  (v128.load offset=16 align=1 (local.get $at))))
              (v128.store offset=16 align=1
                (local.get $out)
                (i8x16.narrow_i16x8_u
                  (v128.load offset=32 align=1 (local.get $at))
                  (v128.load offset=48 align=1 (local.get $at))))
              (local.set $at (local.get $runEnd))
              (local.set $out (i32.add (local.get $out) (i32.const 32)))
              (local.set $before (v128.const i64x2 0 0))
              (br $run)))))
      (loop $next
        (local.set $units (v128.load align=1 (local.get $at)))
        (local.set $after (v128.load offset=16 align=1 (local.get $at)))
        ;; Behind the end are zeros: their bytes are taken back below.
        (local.set $beyondEnd (i32.const 0))
        (local.set $left (i32.sub (local.get $end) (local.get $at)))
        (if (i32.le_u (local.get $left) (i32.const 16))
          (then
            (local.set $beyondEnd
              (i32.shr_u (i32.sub (i32.const 16) (local.get $left)) (i32.const 1)))
            (local.set $units
              (v128.and
                (local.get $units)
                (i8x16.lt_u
                  (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
                  (i8x16.splat (local.get $left)))))
            (local.set $after (v128.const i64x2 0 0))))
        (local.set $back1
          (i8x16.shuffle 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29
            (local.get $before) (local.get $units)))
        (local.set $before (local.get $units))
        ;; The last two bytes: 110bbbaa or 10bbbbaa, then 10aaaaaa.
        (local.set $beyondTwo (i16x8.ge_u (local.get $units) (local.get $threeBytes)))
        (local.set $lasts
          (v128.or
            (v128.xor
              (v128.or
                (v128.and (i16x8.shr_u (local.get $units) (i32.const 6)) (local.get $bits6))
                (local.get $marksOfTwo))
              (v128.and (local.get $beyondTwo) (local.get $bit6)))
            (i16x8.shl (v128.and (local.get $units) (local.get $bits6)) (i32.const 8))))
        (local.set $surrogates
          (i16x8.eq
            (v128.and (local.get $units) (local.get $surrogateBits)) (local.get $anySurrogate)))
        (if (v128.any_true (local.get $surrogates))
          (then
            (local.set $kinds (v128.and (local.get $units) (i16x8.splat (i32.const 0xfc00))))
            (local.set $highs
              (v128.and
                (i16x8.eq (local.get $kinds) (i16x8.splat (i32.const 0xd800)))
                (i16x8.eq
                  (v128.and
                    (i8x16.shuffle 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17
                      (local.get $units) (local.get $after))
                    (i16x8.splat (i32.const 0xfc00)))
                  (i16x8.splat (i32.const 0xdc00)))))
            (local.set $lows
              (v128.and
                (i16x8.eq (local.get $kinds) (i16x8.splat (i32.const 0xdc00)))
                (i16x8.eq
                  (v128.and (local.get $back1) (i16x8.splat (i32.const 0xfc00)))
                  (i16x8.splat (i32.const 0xd800)))))
            ;; The first half, with 0x10000 added to the character: 11110ccc 10bbbbbb.
            (local.set $shifted
              (i16x8.add (local.get $units) (i16x8.splat (i32.const 0x2840))))
            (local.set $lasts
              (v128.bitselect
                (v128.or
                  (v128.or
                    (i16x8.shr_u (local.get $shifted) (i32.const 8))
                    (v128.and
                      (i16x8.shl (local.get $shifted) (i32.const 6))
                      (i16x8.splat (i32.const 0x3f00))))
                  (i16x8.splat (i32.const 0x80f0)))
                (local.get $lasts)
                (local.get $highs)))
            ;; The second half: 10bbaaaa 10aaaaaa, bb from the first one.
            (local.set $lasts
              (v128.bitselect
                (v128.or
                  (v128.or
                    (v128.and
                      (i16x8.shl (local.get $back1) (i32.const 4))
                      (i16x8.splat (i32.const 0x30)))
                    (v128.and
                      (i16x8.shr_u (local.get $units) (i32.const 6))
                      (i16x8.splat (i32.const 0x0f))))
                  (v128.or
                    (i16x8.shl (v128.and (local.get $units) (local.get $bits6)) (i32.const 8))
                    (i16x8.splat (i32.const 0x8080))))
                (local.get $lasts)
                (local.get $lows)))
            (local.set $kinds (v128.or (local.get $highs) (local.get $lows)))
            (local.set $beyondTwo (v128.andnot (local.get $beyondTwo) (local.get $kinds)))
            ;; All others: ef bf bd.
            (local.set $surrogates (v128.andnot (local.get $surrogates) (local.get $kinds)))
            (local.set $units
              (v128.bitselect
                (i16x8.splat (i32.const 0xfffd)) (local.get $units) (local.get $surrogates)))
            (local.set $lasts
              (v128.bitselect
                (i16x8.splat (i32.const 0xbdbf)) (local.get $lasts) (local.get $surrogates)))))
        (local.set $firsts
          (v128.bitselect
            (v128.or (i16x8.shr_u (local.get $units) (i32.const 12)) (local.get $leadOfThree))
            (local.get $units)
            (local.get $beyondTwo)))
        ;; For the first four units, then the others: four bits for more than one byte, four for
        ;; more than two.
        (local.set $kinds
          (i8x16.narrow_i16x8_s
            (i16x8.ge_u (local.get $units) (local.get $twoBytes)) (local.get $beyondTwo)))
        (local.set $lengths
          (i8x16.bitmask
            (i8x16.shuffle 0 1 2 3 8 9 10 11 4 5 6 7 12 13 14 15
              (local.get $kinds) (local.get $kinds))))
        (v128.store align=1
          (local.get $out)
          (i8x16.swizzle
            (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23
              (local.get $firsts) (local.get $lasts))
            (v128.load offset=0x41100 align=1
              (i32.shl (i32.and (local.get $lengths) (i32.const 0xff)) (i32.const 4)))))
        (local.set $out
          (i32.add
            (i32.add (local.get $out) (i32.const 4))
            (i32.popcnt (i32.and (local.get $lengths) (i32.const 0xff)))))
        (local.set $lengths (i32.shr_u (local.get $lengths) (i32.const 8)))
        (v128.store align=1
          (local.get $out)
          (i8x16.swizzle
            (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31
              (local.get $firsts) (local.get $lasts))
            (v128.load offset=0x41100 align=1 (i32.shl (local.get $lengths) (i32.const 4)))))
        (local.set $out
          (i32.sub
            (i32.add
              (i32.add (local.get $out) (i32.const 4)) (i32.popcnt (local.get $lengths)))
            (local.get $beyondEnd)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $runEnd))))
      (br $run))
    (unreachable)))
