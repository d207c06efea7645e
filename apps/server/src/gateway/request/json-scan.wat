;; Finds the end of a JSON string, object or array in memory, 64 bytes at a time, the way simdjson does it (Langdale and
;; Lemire, "Parsing gigabytes of JSON per second", 3.1). Bytes become bits of masks, the first byte the lowest bit.
(module
  (memory (export "memory") 17)

  ;; A block's mask out of what its four quarters are.
  (func $mask (param $a v128) (param $b v128) (param $c v128) (param $d v128) (result i64)
    (i64.or
      (i64.extend_i32_u
        (i32.or (i8x16.bitmask (local.get $a)) (i32.shl (i8x16.bitmask (local.get $b)) (i32.const 16))))
      (i64.shl
        (i64.extend_i32_u
          (i32.or (i8x16.bitmask (local.get $c)) (i32.shl (i8x16.bitmask (local.get $d)) (i32.const 16))))
        (i64.const 32))))

  ;; The bytes of a block that are $byte.
  (func $bytes (param $a v128) (param $b v128) (param $c v128) (param $d v128) (param $byte v128) (result i64)
    (call $mask
      (i8x16.eq (local.get $a) (local.get $byte))
      (i8x16.eq (local.get $b) (local.get $byte))
      (i8x16.eq (local.get $c) (local.get $byte))
      (i8x16.eq (local.get $d) (local.get $byte))))

  ;; Each bit becomes the parity of the bits up to it: between quotes it is set.
  (func $parity (param $x i64) (result i64)
    (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 1))))
    (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 2))))
    (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 4))))
    (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 8))))
    (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 16))))
    (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 32))))

  ;; The place where brackets close as many as were open, counting from $depth; the caller knows that it is in the block.
  (func $closing (param $opens i64) (param $closes i64) (param $depth i32) (result i32)
    (local $place i64)
    (loop $next
      (local.set $place (i64.ctz (local.get $closes)))
      ;; Brackets that open before this one closes.
      (local.set $depth
        (i32.add (local.get $depth)
          (i32.wrap_i64 (i64.popcnt (i64.and (local.get $opens) (i64.sub (i64.shl (i64.const 1) (local.get $place)) (i64.const 1)))))))
      (local.set $opens
        (i64.and (local.get $opens) (i64.xor (i64.sub (i64.shl (i64.const 1) (local.get $place)) (i64.const 1)) (i64.const -1))))
      (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
      (if (i32.eqz (local.get $depth)) (then (return (i32.wrap_i64 (local.get $place)))))
      (local.set $closes (i64.and (local.get $closes) (i64.sub (local.get $closes) (i64.const 1))))
      (br_if $next (i64.ne (local.get $closes) (i64.const 0))))
    (i32.const -1))

  ;; The place after the string ($string is 1), object or array that begins at $at; -1 when it does not end before $end,
  ;; or when a backslash stands outside of a string. Up to 63 bytes after $end are read: they must be zero.
  (func (export "valueEnd") (param $at i32) (param $end i32) (param $string i32) (result i32)
    (local $quotes i64)
    (local $backslashes i64)
    (local $escaped i64)
    ;; 1: the last byte of the block before escapes the first of this one.
    (local $carry i64)
    (local $starts i64)
    (local $sum i64)
    ;; All ones: the block before ended inside a string.
    (local $inside i64)
    (local $text i64)
    (local $opens i64)
    (local $closes i64)
    (local $depth i32)
    (local $found i32)
    (local $first i64)
    (local $a v128)
    (local $b v128)
    (local $c v128)
    (local $d v128)
    (local.set $first (i64.const 1))
    (block $none
      (loop $next
        (br_if $none (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $a (v128.load (local.get $at)))
        (local.set $b (v128.load offset=16 (local.get $at)))
        (local.set $c (v128.load offset=32 (local.get $at)))
        (local.set $d (v128.load offset=48 (local.get $at)))
        (local.set $quotes
          (call $bytes (local.get $a) (local.get $b) (local.get $c) (local.get $d) (i8x16.splat (i32.const 0x22))))
        (local.set $backslashes
          (call $bytes (local.get $a) (local.get $b) (local.get $c) (local.get $d) (i8x16.splat (i32.const 0x5c))))
        (local.set $text (i64.const 0))
        (if (i64.ne (i64.or (local.get $backslashes) (local.get $carry)) (i64.const 0))
          (then
            ;; Runs of backslashes escape what follows them when they are odd.
            (local.set $text (local.get $backslashes))
            (local.set $backslashes (i64.and (local.get $backslashes) (i64.xor (local.get $carry) (i64.const -1))))
            (local.set $escaped (i64.or (i64.shl (local.get $backslashes) (i64.const 1)) (local.get $carry)))
            (local.set $starts
              (i64.and
                (i64.and (local.get $backslashes) (i64.const 0xaaaaaaaaaaaaaaaa))
                (i64.xor (local.get $escaped) (i64.const -1))))
            (local.set $sum (i64.add (local.get $starts) (local.get $backslashes)))
            (local.set $carry (i64.extend_i32_u (i64.lt_u (local.get $sum) (local.get $backslashes))))
            (local.set $escaped
              (i64.and
                (i64.xor (i64.const 0x5555555555555555) (i64.shl (local.get $sum) (i64.const 1)))
                (local.get $escaped)))
            (local.set $quotes (i64.and (local.get $quotes) (i64.xor (local.get $escaped) (i64.const -1))))))
        (if (local.get $string)
          (then
            ;; Its own first quote is not its end.
            (local.set $quotes (i64.and (local.get $quotes) (i64.xor (local.get $first) (i64.const -1))))
            (local.set $first (i64.const 0))
            (if (i64.ne (local.get $quotes) (i64.const 0))
              (then (return (i32.add (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $quotes)))) (i32.const 1))))))
          (else
            ;; The whole block is text.
            (if (i64.eqz (i64.or (local.get $quotes) (i64.xor (local.get $inside) (i64.const -1))))
              (then
                (local.set $at (i32.add (local.get $at) (i32.const 64)))
                (br $next)))
            (local.set $starts (i64.xor (call $parity (local.get $quotes)) (local.get $inside)))
            (local.set $inside (i64.shr_s (local.get $starts) (i64.const 63)))
            (local.set $starts (i64.xor (local.get $starts) (i64.const -1)))
            (br_if $none (i64.ne (i64.and (local.get $text) (local.get $starts)) (i64.const 0)))
            ;; [ and {, ] and } are 0x20 apart.
            (local.set $a (v128.or (local.get $a) (i8x16.splat (i32.const 0x20))))
            (local.set $b (v128.or (local.get $b) (i8x16.splat (i32.const 0x20))))
            (local.set $c (v128.or (local.get $c) (i8x16.splat (i32.const 0x20))))
            (local.set $d (v128.or (local.get $d) (i8x16.splat (i32.const 0x20))))
            (local.set $opens
              (i64.and (local.get $starts)
                (call $bytes (local.get $a) (local.get $b) (local.get $c) (local.get $d) (i8x16.splat (i32.const 0x7b)))))
            (local.set $closes
              (i64.and (local.get $starts)
                (call $bytes (local.get $a) (local.get $b) (local.get $c) (local.get $d) (i8x16.splat (i32.const 0x7d)))))
            (if (i32.le_s (local.get $depth) (i32.wrap_i64 (i64.popcnt (local.get $closes))))
              (then
                (if (i64.ne (local.get $closes) (i64.const 0))
                  (then
                    (local.set $found (call $closing (local.get $opens) (local.get $closes) (local.get $depth)))
                    (if (i32.ge_s (local.get $found) (i32.const 0))
                      (then (return (i32.add (i32.add (local.get $at) (local.get $found)) (i32.const 1)))))))))
            (local.set $depth
              (i32.sub
                (i32.add (local.get $depth) (i32.wrap_i64 (i64.popcnt (local.get $opens))))
                (i32.wrap_i64 (i64.popcnt (local.get $closes)))))))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $next)))
    (i32.const -1)))
