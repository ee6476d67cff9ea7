  (func $attack (result i32)
    (memory.fill (i32.const 8192) (i32.const 120) (i32.const 100000))
    (call $say (i32.const 8192) (i32.const 100000)))
