/* Wine 8 lacks this library, from which the standard library of Rust takes random numbers. */
#include <stddef.h>

/* RtlGenRandom. */
unsigned char __stdcall SystemFunction036(void *buffer, unsigned long length);

__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *buffer, size_t length) {
    return SystemFunction036(buffer, (unsigned long)length);
}
