//! Tasks as CodeArts has them: described, listed, created once, deleted. The client of the library against the sandbox.

use crate::kit::scenario::{
    Story, answers, calls, loses_the_answer, refuses, returns, scenario, shows_a_web_page, task,
};
use crate::kit::{TASK, World};
use codearts_gate::auth::{Authenticator, Credentials};
use codearts_gate::codearts::merge_requests::{MergeRequestTask, NewMergeRequestTask, TaskCreationError};
use codearts_gate::codearts::start_once::{BrokenOff, StartLimits};
use codearts_gate::codearts::task_list::{NoSingleTask, TaskFilter};
use codearts_gate::codearts::{Id, Service};
use codearts_gate::http::retry::{Backoff, Failure};
use codearts_gate::http::{HttpClient, HttpSettings};
use codearts_gate::model::language::Language;
use codearts_gate::model::pull_request::{ForgeName, PullRequest};
use codearts_gate::sandbox::TOKEN;
use codearts_gate::sandbox::scenario::Paging;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";
const REPOSITORY: &str = "https://example.com/acme/widget.git";

fn id(text: &str) -> Id {
    text.parse().expect("an id")
}

/// Carries out calls of the client, which has ten seconds for each.
fn with_service<T>(world: &World, calls: impl AsyncFnOnce(Service, Instant) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let backoff = Backoff { limit: Some(Duration::from_millis(10)) };
    let settings = HttpSettings { plain_only: true, backoff, ..HttpSettings::default() };
    let http = HttpClient::new(&settings).expect("a client");
    let auth = Authenticator::new(Credentials::Token(TOKEN.to_owned().into()), None, &http);
    let origin = world.sandbox.origin().parse().expect("an address");
    runtime.block_on(async {
        let service = Service::new(http, auth, origin, Language::English);
        calls(service, Instant::now() + Duration::from_secs(10)).await
    })
}

fn pull_request(number: u64) -> PullRequest {
    PullRequest {
        forge: ForgeName::GitHub,
        repository: "acme/widget".to_owned(),
        repository_url: REPOSITORY.to_owned(),
        number,
        title: "a change".to_owned(),
        source_branch: "feature".to_owned(),
        target_branch: "main".to_owned(),
        head: "2".repeat(40),
        is_from_fork: false,
    }
}

/// How the merge-request task of a pull request came to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    Found(Id),
    Made(MergeRequestTask),
}

/// Finds or creates the task of pull request 7 below [`TASK`].
fn find_or_create(world: &World, languages: &[&str]) -> Result<Known, TaskCreationError> {
    let (parent, pull_request) = (id(TASK), pull_request(7));
    let languages: Vec<String> = languages.iter().map(|language| (*language).to_owned()).collect();
    with_service(world, async |service, deadline| {
        let new = NewMergeRequestTask {
            parent: &parent,
            repository: REPOSITORY,
            pull_request: &pull_request,
            languages: &languages,
            endpoint: None,
            gone: None,
        };
        let limits = StartLimits { deadline, cancel: &CancellationToken::new() };
        let project = id(PROJECT);
        let found = service.find_merge_request_task(&project, &parent, pull_request.number, deadline).await;
        match found.map_err(TaskCreationError::NotCreated)? {
            Some(found) => Ok(Known::Found(found)),
            None => {
                let created = service.create_merge_request_task(&project, &new, &limits).await;
                created.map(Known::Made)
            }
        }
    })
}

/// The only task that was created and not deleted.
#[track_caller]
fn only_created(world: &World) -> Id {
    let created = world.sandbox.created_tasks();
    assert_eq!(created.len(), 1, "{created:?}");
    id(&created[0])
}

#[test]
fn a_task_is_created_once_and_found_again() {
    let world = World::new(scenario());
    let Known::Made(MergeRequestTask::Created(created)) = find_or_create(&world, &["java"]).expect("a task")
    else {
        panic!("there was none before")
    };
    assert_eq!(created, only_created(&world));
    assert_eq!(find_or_create(&world, &["java"]).expect("a task"), Known::Found(created.clone()));
    assert_eq!(world.calls("task-create").len(), 1);
    let sent: Value = serde_json::from_slice(&world.calls("task-create")[0].body).expect("JSON");
    assert_eq!((&sent["task_type"], &sent["inc_config"]["merge_id"]), (&json!("inc"), &json!("7")));

    with_service(&world, async |service, deadline| {
        service.delete_task(&created, deadline).await.expect("deleted");
        assert_eq!(world.sandbox.created_tasks(), [""; 0]);
        let again = service.delete_task(&created, deadline).await.expect_err("unknown");
        assert_eq!(again.failure, Failure::Rejected);
    });
}

#[test]
fn a_task_that_is_listed_is_used() {
    let [other, own] = ["a".repeat(32), "b".repeat(32)];
    let listed = task().with(|task| {
        task.merge_requests = (100..350).map(|number| (number, other.clone())).collect();
        task.merge_requests.insert(77, other.clone());
        task.merge_requests.insert(7, own.clone());
    });
    let world = World::new(scenario().task(listed));
    assert_eq!(find_or_create(&world, &["java"]).expect("a task"), Known::Found(id(&own)));
    // A list that repeats itself ends.
    let page = json!({"branchTasks": [{"taskId": other, "mergeId": 77}], "total": 5000});
    let world = World::new(scenario().when("merge-requests", returns(page)));
    assert!(matches!(find_or_create(&world, &["java"]), Ok(Known::Made(MergeRequestTask::Created(_)))));
    assert_eq!(world.calls("merge-requests").len(), 2);
}

#[test]
fn a_missing_list_does_not_keep_from_creating() {
    let refusals = [
        refuses(404, "APIGW.0101"),
        refuses(403, "APIGW.0302"),
        refuses(200, "CC.00050010"),
        refuses(400, "CC.00000001.400"),
        answers(404),
    ];
    for refusal in refusals {
        let world = World::new(scenario().when("merge-requests", refusal.clone()));
        let created = find_or_create(&world, &["java"]);
        assert!(matches!(created, Ok(Known::Made(MergeRequestTask::Created(_)))), "{refusal:?}: {created:?}");
        assert_eq!(world.calls("task-create").len(), 1, "{refusal:?}");
    }
}

/// (what happens to the creation, whether the list shows created tasks) -> (requests, tasks that are there then)
#[test]
fn after_a_lost_answer_the_list_is_looked_at_before_one_more_request() {
    let lost = |calls| scenario().when(calls, loses_the_answer());
    let cases = [
        (lost(calls("task-create").nth([1])), true, 1, 1),
        // The list does not show it: at most one is left behind.
        (lost(calls("task-create").nth([1])), false, 2, 2),
        // Nothing was created by the first one.
        (scenario().when(calls("task-create").nth([1]), shows_a_web_page()), true, 2, 1),
        (scenario().when(calls("task-create").nth([1]), answers(502)), false, 2, 1),
        // Clearly refused for now: not carried out.
        (scenario().when(calls("task-create").nth([1, 2]), refuses(400, "CC.00000000")), false, 3, 1),
    ];
    for (number, (story, is_listed, requests, there)) in cases.into_iter().enumerate() {
        let world = World::new(story.with(|settings| settings.lists_created_tasks = is_listed));
        let created = find_or_create(&world, &["java"]);
        match created.expect("a task") {
            // Another job may have created it meanwhile.
            Known::Made(MergeRequestTask::Appeared(_)) => assert_eq!(number, 0),
            Known::Made(MergeRequestTask::Created(_)) => assert_ne!(number, 0),
            Known::Found(found) => panic!("{number}: {found} was not there"),
        }
        assert_eq!(world.calls("task-create").len(), requests, "{number}");
        assert_eq!(world.sandbox.created_tasks().len(), there, "{number}");
    }
    let world = World::new(lost(calls("task-create")).with(|settings| settings.lists_created_tasks = false));
    assert!(matches!(find_or_create(&world, &["java"]), Err(TaskCreationError::Perhaps(_))));
    assert_eq!(world.calls("task-create").len(), 2);
}

/// Whatever is created is deleted in the end, and the full task never is.
#[test]
fn the_full_task_is_not_taken_for_a_merge_request_task() {
    let mistaken = World::new(scenario().when("task-create", returns(json!({"task_id": TASK}))));
    assert!(matches!(find_or_create(&mistaken, &["java"]), Err(TaskCreationError::Perhaps(_))));
    let story = scenario().task(task().with(|script| {
        script.merge_requests.insert(7, TASK.to_owned());
    }));
    let listed = find_or_create(&World::new(story), &["java"]);
    assert!(matches!(listed, Ok(Known::Made(MergeRequestTask::Created(_)))), "{listed:?}");
}

#[test]
fn a_refused_creation_is_sent_once() {
    let cases: [(Story, &[&str], Failure); 3] = [
        (scenario().when("task-create", refuses(200, "CC.00050010")), &["java"], Failure::Denied),
        (scenario(), &["klingon"], Failure::Rejected),
        (scenario(), &[], Failure::Rejected),
    ];
    for (story, languages, expected) in cases {
        let world = World::new(story);
        match find_or_create(&world, languages) {
            Err(TaskCreationError::NotCreated(error)) => {
                assert_eq!(error.failure, expected);
                assert!(!error.hints.is_empty(), "{error}");
            }
            other => panic!("{languages:?}: {other:?}"),
        }
        assert_eq!(world.calls("task-create").len(), 1);
        assert_eq!(world.sandbox.created_tasks(), [""; 0]);
    }
}

#[test]
fn nothing_is_created_after_a_cancellation() {
    let world = World::new(scenario());
    let (parent, pull_request) = (id(TASK), pull_request(7));
    let languages = ["java".to_owned()];
    let outcome = with_service(&world, async |service, deadline| {
        let new = NewMergeRequestTask {
            parent: &parent,
            repository: REPOSITORY,
            pull_request: &pull_request,
            languages: &languages,
            endpoint: None,
            gone: None,
        };
        let cancel = CancellationToken::new();
        cancel.cancel();
        let limits = StartLimits { deadline, cancel: &cancel };
        service.create_merge_request_task(&id(PROJECT), &new, &limits).await
    });
    let broken_off = TaskCreationError::BrokenOff { why: BrokenOff::Cancelled, is_sent: false };
    assert_eq!(format!("{:?}", outcome.expect_err("broken off")), format!("{broken_off:?}"));
    assert_eq!(world.calls("task-create").len(), 0);
}

#[test]
fn a_deletion_whose_answer_was_lost_is_made() {
    let world = World::new(scenario().when(calls("task-delete").nth([1]), loses_the_answer()));
    let Known::Made(MergeRequestTask::Created(created)) = find_or_create(&world, &["java"]).expect("a task")
    else {
        panic!("there was none before")
    };
    with_service(&world, async |service, deadline| {
        service.delete_task(&created, deadline).await.expect("deleted");
    });
    assert_eq!(world.calls("task-delete").len(), 2);
    assert_eq!(world.sandbox.created_tasks(), [""; 0]);
}

#[test]
fn what_a_task_checks_comes_from_either_call() {
    let known = || {
        task().with(|task| {
            task.name = "demo".to_owned();
            task.repository = REPOSITORY.to_owned();
            task.branch = Some("main".to_owned());
            task.project = Some(PROJECT.to_owned());
        })
    };
    let stories = [
        (scenario().task(known()), Some(PROJECT), 0),
        (scenario().task(known()).when("task-info", refuses(404, "APIGW.0101")), None, 1),
        (scenario().task(known()).when("task-info", refuses(403, "APIGW.0302")), None, 1),
        (scenario().task(known()).when("task-info", returns(json!({"result": null}))), None, 1),
    ];
    for (story, project, summaries) in stories {
        let world = World::new(story);
        let code = with_service(&world, async |service, deadline| {
            service.task_code(&id(TASK), deadline).await.expect("known")
        });
        assert_eq!(code.name.as_deref(), Some("demo"));
        assert_eq!(code.repository.as_deref(), Some(REPOSITORY));
        assert_eq!(code.branch.as_deref(), Some("main"));
        assert_eq!(code.project, project.map(id));
        assert_eq!(world.calls("summary").len(), summaries);
    }
    let nowhere = scenario().without_tasks_and_jobs();
    let refused = with_service(&World::new(nowhere), async |service, deadline| {
        service.task_code(&id(TASK), deadline).await.expect_err("unknown")
    });
    assert_eq!(refused.failure, Failure::Rejected);
}

#[test]
fn settings_are_read_where_they_can_be() {
    let set_up = || {
        task().with(|task| {
            task.languages = ["java", "CPP", "java"].map(str::to_owned).to_vec();
            task.endpoint = Some("5a4d0b0c".to_owned());
            task.gate_policy = json!({"critical": {"limit": 0}});
        })
    };
    let read = |story: Story| {
        with_service(&World::new(story), async |service, deadline| {
            let (project, task) = (id(PROJECT), id(TASK));
            (
                service.languages(&project, &task, deadline).await.expect("languages"),
                service.repository_endpoint(&project, &task, deadline).await.expect("an endpoint"),
                service.gate_policy(&project, &task, deadline).await.expect("a gate"),
            )
        })
    };
    let languages = vec!["java".to_owned(), "cpp".to_owned()];
    let (endpoint, gate) = (Some("5a4d0b0c".to_owned()), Some("{\"critical\":{\"limit\":0}}".to_owned()));
    assert_eq!(read(scenario().task(set_up())), (languages.clone(), endpoint.clone(), gate.clone()));
    let older = scenario().task(set_up()).when("rulesets", refuses(404, "APIGW.0101"));
    assert_eq!(read(older), (languages, endpoint, gate));
    let missing = ["rulesets", "rulesets-v2", "settings"];
    let refused = missing
        .into_iter()
        .fold(scenario().task(set_up()), |story, call| story.when(call, refuses(403, "APIGW.0302")));
    assert_eq!(read(refused), (Vec::new(), None, None));
}

#[test]
fn all_tasks_of_a_project_come_whatever_an_offset_means() {
    for paging in [Paging::Rows, Paging::Pages, Paging::PagesFromOne] {
        let story =
            (0..230).fold(scenario(), |story, number| story.task_named(&format!("{number:032}"), task()));
        let world = World::new(story.with(|settings| settings.tasks_offset = paging));
        let tasks = with_service(&world, async |service, deadline| {
            service.tasks(&id(PROJECT), &TaskFilter::default(), deadline).await.expect("a list")
        });
        assert_eq!(tasks.len(), 230, "{paging:?}");
        assert!(world.calls("tasks").len() <= 5, "{paging:?}");
    }
}

#[test]
fn the_task_of_a_branch_is_found_if_it_is_the_only_one() {
    let of = |repository: &str, branch: &str| {
        task().with(|task| {
            task.repository = repository.to_owned();
            task.branch = Some(branch.to_owned());
        })
    };
    let ssh = "git@example.com:acme/widget.git";
    let [main, release, again, other] = ["a", "b", "c", "d"].map(|letter| letter.repeat(32));
    let world = World::new(
        scenario()
            .task_named(&main, of(ssh, "main"))
            .task_named(&release, of(REPOSITORY, "release"))
            .task_named(&again, of(ssh, "release"))
            .task_named(&other, of("https://example.com/acme/gadget", "main")),
    );
    let find = |branch: &str| {
        with_service(&world, async |service, deadline| {
            service.the_task(&id(PROJECT), REPOSITORY, branch, deadline).await
        })
    };
    assert_eq!(find("main").expect("a task"), id(&main));
    match find("release") {
        Err(NoSingleTask::Several(tasks)) => assert_eq!(tasks.len(), 2),
        other => panic!("{other:?}"),
    }
    match find("feature") {
        Err(NoSingleTask::None(tasks)) => assert_eq!(tasks.len(), 3),
        other => panic!("{other:?}"),
    }
}
