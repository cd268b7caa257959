"""The official Python SDKs, unchanged, talk to the sandbox; its answers have the shapes of the published definitions."""

import contextlib
import json
import pathlib
import tempfile
import time
import unittest
import urllib.request

import jsonschema
from huaweicloudsdkcodeartsbuild.v3 import (
    CodeArtsBuildClient,
    RunJobRequest,
    RunJobRequestBody,
    ShowBuildDetailsRequest,
    DownloadRealTimeLogRequest,
    ShowHistoryDetailsRequest,
    ShowJobStatusRequest,
    ShowOutputInfoRequest,
    ShowRunningStatusRequest,
    StopBuildJobRequest,
    ShowRecordInfoRequest,
)
from huaweicloudsdkcodeartscheck.v2 import (
    CodeArtsCheckClient,
    CreateTaskRequest,
    CreateTaskRequestV2,
    DeleteTaskRequest,
    IncConfigV2,
    RunRequestV2,
    RunTaskRequest,
    ShowProgressDetailRequest,
    ShowTaskDetailRequest,
    ShowTaskListByProjectIdRequest,
    ShowTasklogRequest,
    ShowTaskSettingsRequest,
    ShowTasksRulesetsRequest,
    StopTaskByIdRequest,
)
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.auth.internal import PodIdentityAccessor
from huaweicloudsdkcore.auth.provider import OidcStsCredentialProvider
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

import gate

DEFINITIONS = pathlib.Path(__file__).parent / "openapi"
SCENARIO = {"jobs": {"*": {"duration": "2s"}}, "tasks": {"*": {"duration": "2s", "final_status": 1}}}


def client(kind, origin, secret=gate.SECRET_KEY):
    credentials = BasicCredentials(gate.ACCESS_KEY, secret, gate.PROJECT)
    return kind.new_builder().with_credentials(credentials).with_endpoints([origin]).build()


def assert_shape(definition, path, body):
    """Validates a JSON body against the schema of the path's success answer."""
    document = json.loads((DEFINITIONS / definition).read_text())
    (operation,) = [value for key, value in document["paths"][path].items() if key != "parameters"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(body, {**schema, "components": document["components"]})


class OfficialCheckSdk(unittest.TestCase):
    def test_a_run_from_start_to_end(self):
        with gate.sandbox(SCENARIO) as origin:
            sdk = client(CodeArtsCheckClient, origin)
            progress = lambda: sdk.show_progress_detail(ShowProgressDetailRequest(task_id=gate.TASK))
            self.assertIsNone(progress().task_status)
            run = sdk.run_task(RunTaskRequest(task_id=gate.TASK, body=RunRequestV2()))
            self.assertRegex(run.exec_id, "^[0-9a-f]{32}$")
            running = progress()
            self.assertEqual(running.task_status, 0)
            self.assertRegex(running.progress.ratio, r"^\d+%$")
            assert_shape("check.json", "/v2/tasks/{task_id}/progress", running.to_json_object())
            time.sleep(2.2)
            self.assertEqual(progress().task_status, 1)

            log = sdk.show_tasklog(ShowTasklogRequest(project_id=gate.PROJECT, task_id=gate.TASK))
            self.assertEqual([step.display_name for step in log.log_info if step.level == "error"], ["Pull code"])
            assert_shape("check.json", "/v2/{project_id}/tasks/{task_id}/log-detail", log.to_json_object())

            summary = sdk.show_task_detail(ShowTaskDetailRequest(task_id=gate.TASK))
            self.assertEqual((summary.issue_count, summary.minor_count), (14, "4"))

    def test_a_run_can_be_stopped(self):
        with gate.sandbox({"tasks": {"*": {"duration": "1h"}}}) as origin:
            sdk = client(CodeArtsCheckClient, origin)
            sdk.run_task(RunTaskRequest(task_id=gate.TASK, body=RunRequestV2()))
            sdk.stop_task_by_id(StopTaskByIdRequest(task_id=gate.TASK))
            self.assertEqual(sdk.show_progress_detail(ShowProgressDetailRequest(task_id=gate.TASK)).task_status, 3)

    def test_a_merge_request_task_lives_and_is_deleted(self):
        parent = {"repository": "https://example.com/acme/widget.git", "branch": "main", "languages": ["java", "cpp"], "endpoint": "5a4d0b0c"}
        with gate.sandbox({"tasks": {gate.TASK: parent, "mr": {"duration": "1s", "findings": {"critical": 1, "major": 0, "minor": 0, "suggestion": 0}}}}) as origin:
            sdk = client(CodeArtsCheckClient, origin)
            listed = sdk.show_task_list_by_project_id(ShowTaskListByProjectIdRequest(project_id=gate.PROJECT, offset=0, limit=100))
            self.assertEqual([(task.task_id, task.git_branch) for task in listed.tasks], [(gate.TASK, "main")])
            assert_shape("check.json", "/v2/{project_id}/tasks", listed.to_json_object())
            rule_sets = sdk.show_tasks_rulesets(ShowTasksRulesetsRequest(project_id=gate.PROJECT, task_id=gate.TASK, offset=0, limit=100))
            self.assertEqual([rule_set.language for rule_set in rule_sets.info], ["java", "cpp"])
            settings = sdk.show_task_settings(ShowTaskSettingsRequest(project_id=gate.PROJECT, task_id=gate.TASK))
            self.assertEqual([setting.value for setting in settings.info if setting.key == "authId"], ["5a4d0b0c"])

            change = IncConfigV2(
                parent_task_id=gate.TASK, git_source_branch="feature", git_target_branch="main",
                merge_id="7", event_type="merge_request", action="open", title="a change",
            )
            body = CreateTaskRequestV2(
                git_url=parent["repository"], git_branch="main", language=["java", "cpp"], check_type=["source"],
                task_type="inc", inc_config=change, endpoint_id="5a4d0b0c",
            )
            created = sdk.create_task(CreateTaskRequest(project_id=gate.PROJECT, body=body))
            assert_shape("check.json", "/v2/{project_id}/task", created.to_json_object())
            task = created.task_id
            sdk.run_task(RunTaskRequest(task_id=task, body=RunRequestV2()))
            time.sleep(1.2)
            self.assertEqual(sdk.show_progress_detail(ShowProgressDetailRequest(task_id=task)).task_status, 2)
            summary = sdk.show_task_detail(ShowTaskDetailRequest(task_id=task))
            self.assertEqual((summary.git_branch, summary.issue_count), ("feature", 1))
            # The page shows the body `null`, in which the SDK cannot keep what it received.
            with contextlib.suppress(AttributeError):
                sdk.delete_task(DeleteTaskRequest(task_id=task))
            with self.assertRaises(ClientRequestException) as refused:
                sdk.show_progress_detail(ShowProgressDetailRequest(task_id=task))
            self.assertEqual(refused.exception.status_code, 400)

    def test_a_wrong_key_is_refused(self):
        with gate.sandbox(SCENARIO) as origin:
            sdk = client(CodeArtsCheckClient, origin, secret="wrong")
            with self.assertRaises(ClientRequestException) as refused:
                sdk.show_progress_detail(ShowProgressDetailRequest(task_id=gate.TASK))
            self.assertEqual((refused.exception.status_code, refused.exception.error_code), (401, "APIGW.0301"))


class OfficialBuildSdk(unittest.TestCase):
    def test_a_build_runs_and_ends(self):
        with gate.sandbox(SCENARIO) as origin:
            sdk = client(CodeArtsBuildClient, origin)
            status = lambda: sdk.show_job_status(ShowJobStatusRequest(job_id=gate.TASK))
            self.assertIs(status().result, False)
            run = sdk.run_job(RunJobRequest(body=RunJobRequestBody(job_id=gate.TASK)))
            self.assertEqual(run.actual_build_number, "1")
            self.assertIs(status().result, True)
            assert_shape("build.json", "/v3/jobs/{job_id}/status", status().to_json_object())
            latest = sdk.show_running_status(ShowRunningStatusRequest(job_id=gate.TASK)).result
            self.assertEqual((latest.last_build_no, latest.is_running), ("1", True))
            details = lambda: sdk.show_build_details(ShowBuildDetailsRequest(job_id=gate.TASK, build_no=1)).result
            self.assertEqual((details().building, details().build_result), (True, None))
            time.sleep(2.2)
            self.assertIs(status().result, False)
            self.assertEqual((details().building, details().build_result), (False, "SUCCESS"))
            steps = sdk.show_history_details(ShowHistoryDetailsRequest(job_id=gate.TASK, build_number=1)).build_steps
            self.assertEqual([step.status for step in steps], ["success"] * 3)
            self.assertEqual(sdk.show_record_info(ShowRecordInfoRequest(job_id=gate.TASK, build_no=1)).result.status, "SUCCESS")
            log = sdk.download_real_time_log(DownloadRealTimeLogRequest(job_id=gate.TASK, build_no=1, offset=0, length=1000000)).to_json_object()
            self.assertIn("line 40 of the log", json.dumps(log))
            sdk.stop_build_job(StopBuildJobRequest(job_id=gate.TASK, build_no=1))
            output = sdk.show_output_info(ShowOutputInfoRequest(job_id=gate.TASK, build_no=1)).to_json_object()
            self.assertIn("demo.jar", json.dumps(output))


class OfficialLogins(unittest.TestCase):
    """The official SDK logs in to the sandbox in its own ways, and then asks about a task."""

    PROVIDER = "iam::27680d67da6b47eb82d00a1a118be145:oidcProvider:sandbox"
    AGENCY = "iam::27680d67da6b47eb82d00a1a118be145:agency:sandbox"

    def id_token(self, origin):
        request = urllib.request.Request(f"{origin}/id-token?audience=x", headers={"Authorization": "Bearer sandbox-id-request-not-a-secret"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["value"]

    def assert_let_in(self, credentials, origin):
        sdk = CodeArtsCheckClient.new_builder().with_credentials(credentials.with_project_id(gate.PROJECT)).with_endpoints([origin]).build()
        self.assertEqual(sdk.show_progress_detail(ShowProgressDetailRequest(task_id=gate.TASK)).task_status, 2)

    def test_an_id_token_becomes_a_session_of_sts(self):
        with gate.sandbox({"tasks": {"*": {"before": 2}}}) as origin:
            token = self.id_token(origin)
            given = {"provider_urn": self.PROVIDER, "agency_urn": self.AGENCY, "sts_endpoint": origin}
            provider = lambda: OidcStsCredentialProvider("basic", id_token=token, agency_session_name="judge", **given)
            self.assert_let_in(provider().get_credentials(), origin)
            # The sandbox takes an id token once.
            with self.assertRaises(Exception) as refused:
                self.assert_let_in(provider().get_credentials(), origin)
            self.assertIn("it was used before", str(refused.exception))

    def test_a_pod_has_an_identity(self):
        with gate.sandbox({"tasks": {"*": {"before": 2}}}) as origin, tempfile.NamedTemporaryFile("w") as file:
            file.write("sandbox-pod-token-not-a-secret")
            file.flush()
            credentials = BasicCredentials()
            credentials.sts_accessor = PodIdentityAccessor(f"{origin}/pod-credentials", file.name)
            self.assert_let_in(credentials, origin)


if __name__ == "__main__":
    unittest.main()
