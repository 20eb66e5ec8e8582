#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| connect_widget_fuzz::bodies::tokens_of(data));
