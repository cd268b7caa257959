/* Holds scripts/copy.c against copies that are made byte by byte: all lengths around its steps, all places around each other, and
 * nothing beside the target changed. */
#include <stddef.h>
#include <stdio.h>

void *__wrap_memmove(void *target, const void *source, size_t length);
void *__wrap_memcpy(void *target, const void *source, size_t length);

enum { ROOM = 2048, LENGTHS = 600, APART = 200, FROM = 512 };

static unsigned char expected[ROOM], actual[ROOM], kept[ROOM];

static void fill(void) {
    for (int at = 0; at < ROOM; at++)
        expected[at] = actual[at] = (unsigned char)(at * 131 + (at >> 3));
}

static int differ(void) {
    for (int at = 0; at < ROOM; at++)
        if (expected[at] != actual[at])
            return 1;
    return 0;
}

int main(void) {
    for (int length = 0; length <= LENGTHS; length++) {
        for (int apart = -APART; apart <= APART; apart++) {
            fill();
            for (int at = 0; at < length; at++)
                kept[at] = expected[FROM + at];
            for (int at = 0; at < length; at++)
                expected[FROM + apart + at] = kept[at];
            void *returned = __wrap_memmove(actual + FROM + apart, actual + FROM, (size_t)length);
            if (returned != actual + FROM + apart || differ()) {
                printf("memmove of %d bytes by %d\n", length, apart);
                return 1;
            }
        }
        fill();
        for (int at = 0; at < length; at++)
            expected[1 + at] = expected[ROOM - LENGTHS - 1 + at];
        if (__wrap_memcpy(actual + 1, actual + ROOM - LENGTHS - 1, (size_t)length) != actual + 1 || differ()) {
            printf("memcpy of %d bytes\n", length);
            return 1;
        }
    }
    return 0;
}
