// C functions for Lua's FFI: ffi.C finds them by name in the program itself. Only work on bytes belongs here: through FFI
// they can't raise or yield, and they must not touch the VM.
#include <stddef.h>
#include <stdint.h>
#include "_cgo_export.h"

#define MG_FFI __attribute__((visibility("default"), used))

// CRC-32 of zlib and nginx (polynomial 0xEDB88320, bits reversed), four bits at a time: what ngx.crc32_short computes.
MG_FFI uint32_t moongate_ffi_crc32(const unsigned char *p, size_t len) {
    static const uint32_t half[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c
    };
    uint32_t crc = 0xffffffff;
    size_t i;

    for (i = 0; i < len; i++) {
        crc = half[(crc ^ p[i]) & 15] ^ (crc >> 4);
        crc = half[(crc ^ (p[i] >> 4)) & 15] ^ (crc >> 4);
    }
    return crc ^ 0xffffffff;
}

// Calls the Go function registered under id.
MG_FFI int64_t moongate_ffi_go(int32_t id, void *p) {
    return mg_go_ffi(id, p);
}
