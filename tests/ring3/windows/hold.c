/* hold FILE: has a file open and shares it with nobody, until standard input ends. */
#include <stdio.h>
#include <windows.h>

int main(int count, char **arguments) {
    if (count != 2) return 90;
    HANDLE file = CreateFileA(arguments[1], GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return 91;
    puts("held");
    fflush(stdout);
    while (getchar() != EOF) {}
    CloseHandle(file);
    return 0;
}
