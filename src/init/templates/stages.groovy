        stage('Fork') {
            // An unchecked build does not pass. Builds of forks get no secrets; that holds where Jenkins takes this file from the
            // target branch for them (Branch Sources > Trust).
            when { expression { env.CHANGE_FORK } }
            steps {
                unstable('CodeArts Check does not run for forks')
            }
        }
        stage('CodeArts Check') {
            when { expression { !env.CHANGE_FORK } }
            environment {
                CODEARTS_REPORT = 'pdf,junit,sarif'@PULL_REQUEST@
            }
            steps {
                // Files of an earlier build must not be mistaken for those of this one.
                sh 'rm -rf codearts-report'
                withCredentials([
                        usernamePassword(credentialsId: 'huaweicloud',
                                usernameVariable: 'HUAWEICLOUD_SDK_AK', passwordVariable: 'HUAWEICLOUD_SDK_SK')@TOKEN@]) {
                    sh(encoding: 'UTF-8', label: 'CodeArts Check',
                            script: 'exec codearts-gate check --start --if-running queue --timeout 45m')
                }
            }
            post {
                always {
                    archiveArtifacts artifacts: 'codearts-report/**', allowEmptyArchive: true
                    junit testResults: 'codearts-report/*.junit.xml', allowEmptyResults: true
                    recordIssues enabledForFailure: true, skipBlames: true,
                            tool: sarif(pattern: 'codearts-report/*.sarif', name: 'CodeArts Check', id: 'codearts')
                }
            }
        }
