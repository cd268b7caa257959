// The step `codeartsGate` of a shared library: waits for CodeArts Check tasks, archives the report, and sets the result of
// the build. Parameters: vars/codeartsGate.txt.
def call(Map options) {
    Map gate = [:] + options
    String credentials = gate.remove('credentials') ?: 'huaweicloud'
    String githubToken = gate.remove('githubToken')
    String gitlabToken = gate.remove('gitlabToken')
    // Always passed: the gate must write where this step archives, whatever the variables are.
    String directory = gate.get('reportDir') ?: 'codearts-report'
    gate.put('reportDir', directory)
    def tasks = gate.remove('taskId')

    // Options are arguments, so that the gate rejects unknown ones. Secrets never are: `sh` logs arguments.
    String command = 'exec codearts-gate check'
    if (tasks != null) {
        command += ' ' + quoted(text(tasks))
    }
    for (String name in new ArrayList(gate.keySet())) {
        def value = gate.get(name)
        String option = '--' + name.replaceAll('([A-Z])', '-$1').toLowerCase()
        if (value == true) {
            command += ' ' + quoted(option)
        } else if (value != false && value != null) {
            command += ' ' + quoted(option + '=' + text(value))
        }
    }
    List bindings = [usernamePassword(credentialsId: credentials,
            usernameVariable: 'HUAWEICLOUD_SDK_AK', passwordVariable: 'HUAWEICLOUD_SDK_SK')]
    if (githubToken) {
        bindings.add(string(credentialsId: githubToken, variable: 'GITHUB_TOKEN'))
    }
    if (gitlabToken) {
        bindings.add(string(credentialsId: gitlabToken, variable: 'GITLAB_TOKEN'))
    }

    int code = -1
    try {
        withCredentials(bindings) {
            // Files are archived from here, which is not the workspace's root within `dir`.
            withEnv(["WORKSPACE=${pwd()}"]) {
                code = sh(returnStatus: true, encoding: 'UTF-8', label: 'CodeArts Check', script: command)
            }
        }
    } finally {
        archiveArtifacts artifacts: directory + '/**', allowEmptyArchive: true
        junit testResults: directory + '/*.junit.xml', allowEmptyResults: true
    }
    if (code == 5) {
        unstable('CodeArts Check passed, but its report could not be delivered')
    } else if (code != 0) {
        // Jenkins and the shell have codes of their own, such as -1 and 127.
        String hint = code > 0 && code != 126 && code != 127 ? ", see codearts-gate explain ${code}" : ''
        error("CodeArts Check: exit code ${code}${hint}")
    }
}

private static String text(def value) {
    return value instanceof List ? value.join(',') : String.valueOf(value)
}

private static String quoted(String value) {
    return "'" + value.replace("'", "'\\''") + "'"
}
