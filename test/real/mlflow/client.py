"""Does with MLflow's own Python client what a data scientist does with a registry, and prints each answer as one JSON
line with ids and times made equal, so that the answers of two servers can be compared.

Usage: client.py URL
"""

import json
import os
import re
import sys
import tempfile

URL = sys.argv[1]
os.environ.update(
    MLFLOW_TRACKING_URI=URL,
    MLFLOW_REGISTRY_URI=URL,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES="2",
    MLFLOW_HTTP_REQUEST_TIMEOUT="30",
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false",
    MLFLOW_DISABLE_TELEMETRY="true",
    GIT_PYTHON_REFRESH="quiet",
)

import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Metric, Param, RunTag, ViewType  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402
import numpy  # noqa: E402
import requests  # noqa: E402

NAME = "python-client"
client = MlflowClient()
names = {}


def plain(value):
    """Ids in the order in which they were first seen; times, and what a machine adds of itself, replaced."""
    if isinstance(value, str):
        value = re.sub(r"(?:m-)?[0-9a-f]{32}", lambda match: names.setdefault(match[0], f"<id {len(names) + 1}>"), value)
        return value.replace(URL, "<url>")
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in sorted(value.items()) if key not in MACHINE}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


MACHINE = {"mlflow.user", "mlflow.source.name", "mlflow.source.type", "mlflow.source.git.commit"}


def show(step, value):
    print(json.dumps({"step": step, "answer": plain(value)}, ensure_ascii=False), flush=True)


def refused(step, call):
    try:
        show(step, {"accepted": str(call())})
    except MlflowException as error:
        show(step, {"error_code": error.error_code, "message": error.message})


def stopped(step, call):
    """As `refused`; of what a proxy of files refuses, only the status is MLflow's, and the words are a library's."""
    try:
        refused(step, call)
    except requests.HTTPError as error:
        show(step, {"status": error.response.status_code})


def version_facts(version):
    return {
        "name": version.name,
        "version": str(version.version),
        "stage": version.current_stage,
        "description": version.description,
        "source": version.source,
        "run": version.run_id,
        "status": version.status,
        "tags": dict(version.tags),
        "aliases": sorted(version.aliases),
    }


def model_facts(model):
    return {
        "name": model.name,
        "description": model.description,
        "tags": dict(model.tags),
        "aliases": dict(model.aliases),
        "latest": sorted((str(version.version), version.current_stage) for version in model.latest_versions),
    }


def run_facts(run):
    return {
        "id": run.info.run_id,
        "name": run.info.run_name,
        "status": run.info.status,
        "lifecycle": run.info.lifecycle_stage,
        "ended": run.info.end_time is not None,
        "metrics": run.data.metrics,
        "params": run.data.params,
        "tags": {key: value for key, value in run.data.tags.items() if key != "mlflow.log-model.history"},
        "outputs": [(output.model_id, output.step) for output in run.outputs.model_outputs],
    }


class Doubler(mlflow.pyfunc.PythonModel):
    def __init__(self, factor):
        self.factor = factor

    def predict(self, context, model_input: list[int], params=None) -> list[int]:
        return [self.factor * one for one in model_input]


def tracking():
    experiment_id = client.create_experiment("python experiment", tags={"team": "spam"})
    mlflow.set_experiment("python experiment")
    client.set_experiment_tag(experiment_id, "stage", "one")
    experiment = client.get_experiment_by_name("python experiment")
    show("experiment", {"name": experiment.name, "tags": experiment.tags, "lifecycle": experiment.lifecycle_stage, "location": experiment.artifact_location})
    show("experiments", sorted(one.name for one in client.search_experiments(filter_string="name LIKE 'python%'")))
    refused("absent experiment", lambda: client.get_experiment("99999"))
    runs = []
    for factor in (2, 3):
        with mlflow.start_run(run_name=f"times {factor}") as run:
            mlflow.log_params({"factor": factor, "note": "<b>ü</b>"})
            for step in range(3):
                mlflow.log_metric("accuracy", 0.5 + factor / 10 + step / 100, step=step)
            mlflow.log_metrics({"precision": factor / 4, "not a number": float("nan"), "very large": float("inf")})
            mlflow.set_tags({"kind": "test", "temporary": "x"})
            mlflow.delete_tag("temporary")
            mlflow.log_text("# decision\n", "documents/decision.md")
            mlflow.log_dict({"a": [1, 2]}, "documents/facts.json")
            mlflow.pyfunc.log_model(name="model", python_model=Doubler(factor), registered_model_name=NAME, pip_requirements=["mlflow"], tags={"made": "here"})
        runs.append(run.info.run_id)
    return experiment_id, runs


def runs_and_files(experiment_id, runs):
    first = runs[0]
    client.log_batch(first, metrics=[Metric("recall", 0.9, 1700000000000, 1), Metric("recall", 0.8, 1700000000001, 2)], params=[Param("depth", "3")], tags=[RunTag("batch", "yes")])
    show("run", run_facts(client.get_run(first)))
    show("history", [(one.value, one.step) for one in client.get_metric_history(first, "accuracy")])
    show("files", [(one.path, one.is_dir) for one in client.list_artifacts(first)])
    show("files of a folder", [(one.path, one.is_dir, one.file_size) for one in client.list_artifacts(first, "documents")])
    with tempfile.TemporaryDirectory() as folder:
        path = client.download_artifacts(first, "documents", folder)
        show("downloaded", {name: open(os.path.join(path, name), encoding="utf-8").read() for name in sorted(os.listdir(path))})
    for text in ("metrics.accuracy > 0.75", "params.factor = '2'", "tags.kind = 'test' and metrics.precision < 0.7", "attributes.run_name LIKE 'times%'", "metrics.absent > 0"):
        found = client.search_runs([experiment_id], text, order_by=["metrics.accuracy DESC"])
        show(f"runs where {text}", [one.info.run_name for one in found])
    page = client.search_runs([experiment_id], max_results=1, order_by=["attributes.start_time ASC"])
    show("first page of runs", [one.info.run_name for one in page])
    show("second page of runs", [one.info.run_name for one in client.search_runs([experiment_id], max_results=1, order_by=["attributes.start_time ASC"], page_token=page.token)])
    refused("bad filter", lambda: client.search_runs([experiment_id], "metrics.accuracy > 'high'") and "never")
    refused("param twice", lambda: client.log_param(first, "note", "other"))
    refused("unknown run", lambda: client.get_run("0" * 32))
    extra = client.create_run(experiment_id, run_name="extra")
    client.set_terminated(extra.info.run_id, "FAILED")
    client.update_run(extra.info.run_id, name="renamed")
    show("ended run", run_facts(client.get_run(extra.info.run_id)))
    client.delete_run(extra.info.run_id)
    show("deleted runs", [one.info.run_name for one in client.search_runs([experiment_id], run_view_type=ViewType.DELETED_ONLY)])
    models = mlflow.search_logged_models(experiment_ids=[experiment_id], output_format="list")
    show("logged models", sorted((one.name, str(one.status), one.tags.get("made"), one.tags.get("mlflow.modelVersions")) for one in models))


def more_of_runs(experiment_id, runs):
    with mlflow.start_run(run_name="parent") as parent:
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_input(mlflow.data.from_numpy(numpy.arange(4), name="fours"), context="training")
            with tempfile.TemporaryDirectory() as folder:
                os.makedirs(os.path.join(folder, "inner"))
                for name in ("a.txt", os.path.join("inner", "ü & 100%.txt")):
                    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                        file.write(name)
                mlflow.log_artifacts(folder, "many")
    found = client.get_run(child.info.run_id)
    show("parent of a child", found.data.tags["mlflow.parentRunId"] == parent.info.run_id)
    show("inputs", [(one.dataset.name, one.dataset.source_type, [(tag.key, tag.value) for tag in one.tags]) for one in found.inputs.dataset_inputs])
    show("inner files", [(one.path, one.is_dir, one.file_size) for one in client.list_artifacts(child.info.run_id, "many/inner")])
    show("text of a file", mlflow.artifacts.load_text(f"runs:/{child.info.run_id}/many/inner/ü & 100%.txt"))
    show("children", [one.info.run_name for one in client.search_runs([experiment_id], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")])
    client.delete_run(child.info.run_id)
    client.restore_run(child.info.run_id)
    show("restored run", client.get_run(child.info.run_id).info.lifecycle_stage)
    client.rename_experiment(experiment_id, "python experiment, renamed")
    show("renamed experiment", client.get_experiment(experiment_id).name)
    model = mlflow.search_logged_models(experiment_ids=[experiment_id], filter_string="name = 'model'", order_by=[{"field_name": "creation_timestamp", "ascending": True}], output_format="list")[0]
    client.set_logged_model_tags(model.model_id, {"quality": "good", "temporary": "x"})
    client.delete_logged_model_tag(model.model_id, "temporary")
    found = client.get_logged_model(model.model_id)
    show("logged model", {"name": found.name, "quality": found.tags.get("quality"), "temporary": found.tags.get("temporary"), "run": found.source_run_id == runs[0]})
    refused("absent logged model", lambda: client.get_logged_model("m-" + "0" * 32))


HOSTILE = ("<script>alert(1)</script>", "a'b\"c", "x; DROP TABLE models; --", "日本 😀", "$(id)", "%2e%2e", " spaced ", "../up", "a:b", "line\nfeed", "__proto__", "constructor", "")


def hostile(runs):
    for name in HOSTILE:
        step = f"model {name!r}"
        refused(step, lambda: client.create_registered_model(name, tags={name or "k": name}).name)
        refused(f"{step}, read", lambda: sorted(client.get_registered_model(name).tags.items()))
        refused(f"{step}, deleted", lambda: client.delete_registered_model(name))
    for key in HOSTILE:
        refused(f"run tag {key!r}", lambda: client.set_tag(runs[0], key, key))
        refused(f"version tag {key!r}", lambda: client.set_model_version_tag(NAME, "1", key, key))
        refused(f"alias {key!r}", lambda: client.set_registered_model_alias(NAME, key, "1"))
    show("hostile tags of a run", {key: value for key, value in client.get_run(runs[0]).data.tags.items() if key in HOSTILE})
    show("hostile tags of a version", {key: value for key, value in client.get_model_version(NAME, "1").tags.items() if key in HOSTILE})
    for alias in ("__proto__", "constructor"):
        client.delete_registered_model_alias(NAME, alias)
    for path in ("../out.txt", "a/../../out.txt", "%2e%2e/out.txt", "a/%252e%252e/%252e%252e/out.txt", "good ü&100% #1.txt"):
        stopped(f"file {path!r}", lambda: client.log_text(runs[0], "x", path))
    show("files after hostile ones", [one.path for one in client.list_artifacts(runs[0])])


def copies(runs):
    made = mlflow.register_model(f"runs:/{runs[0]}/model", "python-copy", tags={"by": "register_model"})
    show("registered of a run", version_facts(client.get_model_version("python-copy", made.version)))
    show("copied version", version_facts(client.copy_model_version(f"models:/{NAME}/1", "python-copy")))
    client.set_registered_model_alias("python-copy", "champion", "2")
    predict("copy by alias", "models:/python-copy@champion")
    refused("copy of an absent version", lambda: client.copy_model_version(f"models:/{NAME}/99", "python-copy"))
    client.delete_registered_model("python-copy")


def registry(runs):
    show("version", version_facts(client.get_model_version(NAME, "1")))
    client.create_model_version(NAME, f"runs:/{runs[0]}/documents", runs[0], tags={"by": "hand"}, description="made by hand")
    client.update_registered_model(NAME, "a <i>model</i>")
    client.set_registered_model_tag(NAME, "owner", "ann")
    client.set_model_version_tag(NAME, "1", "gauntlet.digest", "sha256:" + "0" * 40)
    client.set_model_version_tag(NAME, "1", "temporary", "x")
    client.delete_model_version_tag(NAME, "1", "temporary")
    client.delete_model_version_tag(NAME, "1", "temporary")
    client.update_model_version(NAME, "2", "described")
    client.set_registered_model_alias(NAME, "champion", "1")
    client.set_registered_model_alias(NAME, "challenger", "2")
    show("by alias", version_facts(client.get_model_version_by_alias(NAME, "champion")))
    predict("champion before", f"models:/{NAME}@champion")
    client.set_registered_model_alias(NAME, "champion", "2")
    predict("champion after", f"models:/{NAME}@champion")
    predict("by number", f"models:/{NAME}/1")
    predict("latest of a stage that nobody has", f"models:/{NAME}/Production")
    client.transition_model_version_stage(NAME, "1", "Production")
    predict("by stage", f"models:/{NAME}/Production")
    client.transition_model_version_stage(NAME, "2", "Production", archive_existing_versions=True)
    show("latest versions", sorted((one.version, one.current_stage) for one in client.get_latest_versions(NAME)))
    show("model", model_facts(client.get_registered_model(NAME)))
    show("download uri", client.get_model_version_download_uri(NAME, "1"))
    show("versions", [version_facts(one) for one in client.search_model_versions(f"name='{NAME}'", order_by=["version_number ASC"])])
    page = client.search_model_versions(f"name='{NAME}'", max_results=2, order_by=["version_number DESC"])
    show("page of versions", [one.version for one in page])
    show("next page of versions", [one.version for one in client.search_model_versions(f"name='{NAME}'", max_results=2, order_by=["version_number DESC"], page_token=page.token)])
    show("versions of a run", [one.version for one in client.search_model_versions(f"run_id='{runs[1]}'")])
    show("models", [model_facts(one) for one in client.search_registered_models("name LIKE 'python%'")])
    show("models by tag", [one.name for one in client.search_registered_models("tags.owner = 'ann'")])


def predict(step, uri):
    try:
        show(step, mlflow.pyfunc.load_model(uri).predict([1, 2, 3]))
    except MlflowException as error:
        show(step, {"error_code": error.error_code, "message": error.message})


def refusals_and_ends(experiment_id):
    refused("model twice", lambda: client.create_registered_model(NAME))
    refused("absent alias", lambda: client.get_model_version_by_alias(NAME, "absent"))
    refused("reserved alias", lambda: client.set_registered_model_alias(NAME, "v1", "1"))
    refused("latest alias", lambda: client.set_registered_model_alias(NAME, "latest", "1"))
    refused("alias of an absent version", lambda: client.set_registered_model_alias(NAME, "x", "99"))
    refused("absent version", lambda: client.get_model_version(NAME, "99"))
    refused("absent model", lambda: client.get_registered_model("absent"))
    refused("bad stage", lambda: client.transition_model_version_stage(NAME, "1", "Dancing"))
    refused("local source", lambda: client.create_model_version(NAME, "/etc", None))
    client.delete_registered_model_alias(NAME, "absent")
    client.delete_model_version(NAME, "2")
    refused("alias of a deleted version", lambda: client.get_model_version_by_alias(NAME, "champion"))
    client.delete_registered_model_tag(NAME, "owner")
    client.rename_registered_model(NAME, "python-renamed")
    show("renamed", model_facts(client.get_registered_model("python-renamed")))
    client.delete_registered_model("python-renamed")
    refused("deleted model", lambda: client.get_registered_model("python-renamed"))
    client.delete_experiment(experiment_id)
    show("deleted experiment", client.get_experiment(experiment_id).lifecycle_stage)
    client.restore_experiment(experiment_id)
    show("restored experiment", client.get_experiment(experiment_id).lifecycle_stage)


def main():
    experiment_id, runs = tracking()
    runs_and_files(experiment_id, runs)
    more_of_runs(experiment_id, runs)
    registry(runs)
    hostile(runs)
    copies(runs)
    refusals_and_ends(experiment_id)
    show("end", "reached")


main()
