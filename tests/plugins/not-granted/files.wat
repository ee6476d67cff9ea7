  (import "wigwag:plugin/files@0.1.0" "read" (func $read (param i32 i32 i32)))
  (func $attack (result i32)
    (call $read (i32.const 0) (i32.const 0) (i32.const 1024))
    (call $done))
