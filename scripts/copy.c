/* Copies memory for the static build on x86-64, in the place of memcpy and memmove. Those of musl use string instructions, which
 * take longer to start than most copies here take as a whole: a third of the processor's time for 300,000 findings.
 *
 * Up to 128 bytes everything is read before anything is written, so that it does not matter whether the two places overlap. */
#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that one step of a long copy moves. */
enum { STEP = 64 };

static inline __m128i get(const char *from) {
    return _mm_loadu_si128((const __m128i *)from);
}

static inline void put(char *to, __m128i bytes) {
    _mm_storeu_si128((__m128i *)to, bytes);
}

struct step {
    __m128i parts[4];
};

static inline struct step get_step(const char *from) {
    struct step step = {{get(from), get(from + 16), get(from + 32), get(from + 48)}};
    return step;
}

static inline void put_step(char *to, struct step step) {
    for (int part = 0; part < 4; part++)
        put(to + 16 * part, step.parts[part]);
}

/* Up to 16 bytes, as two pieces that may overlap. */
static inline void copy_few(char *to, const char *from, size_t length) {
    if (length >= 8) {
        uint64_t first, last;
        __builtin_memcpy(&first, from, 8);
        __builtin_memcpy(&last, from + length - 8, 8);
        __builtin_memcpy(to, &first, 8);
        __builtin_memcpy(to + length - 8, &last, 8);
    } else if (length >= 4) {
        uint32_t first, last;
        __builtin_memcpy(&first, from, 4);
        __builtin_memcpy(&last, from + length - 4, 4);
        __builtin_memcpy(to, &first, 4);
        __builtin_memcpy(to + length - 4, &last, 4);
    } else if (length > 0) {
        char first = from[0], middle = from[length / 2], last = from[length - 1];
        to[0] = first;
        to[length / 2] = middle;
        to[length - 1] = last;
    }
}

void *__wrap_memmove(void *target, const void *source, size_t length) {
    char *to = target;
    const char *from = source;
    if (length <= 16) {
        copy_few(to, from, length);
    } else if (length <= 32) {
        __m128i first = get(from), last = get(from + length - 16);
        put(to, first);
        put(to + length - 16, last);
    } else if (length <= STEP) {
        __m128i first = get(from), second = get(from + 16);
        __m128i third = get(from + length - 32), last = get(from + length - 16);
        put(to, first);
        put(to + 16, second);
        put(to + length - 32, third);
        put(to + length - 16, last);
    } else if (length <= 2 * STEP) {
        struct step first = get_step(from), last = get_step(from + length - STEP);
        put_step(to, first);
        put_step(to + length - STEP, last);
    } else if ((size_t)(to - from) >= length) {
        struct step last = get_step(from + length - STEP);
        for (size_t done = 0; done < length - STEP; done += STEP)
            put_step(to + done, get_step(from + done));
        put_step(to + length - STEP, last);
    } else {
        /* The target begins within the source: from the end. */
        struct step first = get_step(from);
        for (size_t left = length; left > STEP; left -= STEP)
            put_step(to + left - STEP, get_step(from + left - STEP));
        put_step(to, first);
    }
    return target;
}

void *__wrap_memcpy(void *target, const void *source, size_t length) __attribute__((alias("__wrap_memmove")));
