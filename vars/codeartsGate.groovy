// The step `codeartsGate` of a shared library: waits for CodeArts Check tasks, keeps the report, and makes the build say what
// was found. See vars/codeartsGate.txt for what it takes.
def call(Map options) {
    Map gate = [:] + options
    String credentials = gate.remove('credentials') ?: 'huaweicloud'
    String githubToken = gate.remove('githubToken')
    String gitlabToken = gate.remove('gitlabToken')
    String directory = gate.get('reportDir') ?: 'codearts-report'
    def tasks = gate.remove('taskId')

    // Options are arguments, so that the gate refuses those it does not know. Secrets never are: `sh` logs arguments.
    String command = 'exec codearts-gate check'
    for (task in (tasks instanceof List ? tasks : [tasks])) {
        command += ' ' + quoted(task)
    }
    for (String name in new ArrayList(gate.keySet())) {
        def value = gate.get(name)
        String option = '--' + name.replaceAll('([A-Z])', '-$1').toLowerCase()
        if (value == true) {
            command += ' ' + quoted(option)
        } else if (value != false && value != null) {
            command += ' ' + quoted(option + '=' + value)
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

    // What an earlier build has left must not be taken for this one's.
    dir(directory) {
        deleteDir()
    }
    int code = -1
    try {
        withCredentials(bindings) {
            code = sh(returnStatus: true, encoding: 'UTF-8', label: 'CodeArts Check', script: command)
        }
    } finally {
        archiveArtifacts artifacts: directory + '/**', allowEmptyArchive: true
        junit testResults: directory + '/*.junit.xml', allowEmptyResults: true
    }
    if (code == 5) {
        unstable('CodeArts Check passed, but its report could not be delivered')
    } else if (code != 0) {
        error("CodeArts Check: exit code ${code}, see codearts-gate explain ${code}")
    }
}

private static String quoted(def value) {
    return "'" + String.valueOf(value).replace("'", "'\\''") + "'"
}
