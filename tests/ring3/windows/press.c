/* press c|break|close FILE -- COMMAND: starts a command line, waits until FILE is there, then presses Ctrl-C in the console that both
   share, or does what Windows does for the other two: it runs the routine for such an event in the other process. Ends with the exit
   code of the command. */
#include <stdint.h>
#include <string.h>
#include <windows.h>

static BOOL WINAPI stay(DWORD event) {
    (void)event;
    return TRUE;
}

static BOOL press(const char *key, HANDLE process) {
    if (strcmp(key, "c") == 0) return GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    uintptr_t event = strcmp(key, "close") == 0 ? CTRL_CLOSE_EVENT : CTRL_BREAK_EVENT;
    void *routine = (void *)(uintptr_t)GetProcAddress(GetModuleHandleA("kernelbase.dll"), "CtrlRoutine");
    return routine && CreateRemoteThread(process, NULL, 0, (LPTHREAD_START_ROUTINE)(uintptr_t)routine, (void *)event, 0, NULL) != NULL;
}

int main(int count, char **arguments) {
    char *command = strstr(GetCommandLineA(), " -- ");
    if (count < 5 || !command || !SetConsoleCtrlHandler(stay, TRUE)) return 90;
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    if (!CreateProcessA(NULL, command + 4, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &child)) return 91;
    while (GetFileAttributesA(arguments[2]) == INVALID_FILE_ATTRIBUTES) {
        if (WaitForSingleObject(child.hProcess, 50) == WAIT_OBJECT_0) return 92;
    }
    DWORD code = 93;
    if (!press(arguments[1], child.hProcess) || WaitForSingleObject(child.hProcess, 30000) != WAIT_OBJECT_0) {
        TerminateProcess(child.hProcess, code);
        return (int)code;
    }
    GetExitCodeProcess(child.hProcess, &code);
    return (int)code;
}
