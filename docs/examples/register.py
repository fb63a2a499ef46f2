"""Registers a version with MLflow's own client: python docs/examples/register.py

MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN say where, and who. Needs: pip install mlflow
"""

import hashlib
import os
import tempfile

import mlflow
from mlflow import MlflowClient

NAME = "fraud"
client = MlflowClient()
mlflow.set_experiment("fraud")

with mlflow.start_run() as run, tempfile.TemporaryDirectory() as folder:
    mlflow.log_params({"learner": "logistic", "threshold": 0.5})
    mlflow.log_metric("recall_offline", 0.84)
    path = os.path.join(folder, "model.bin")
    with open(path, "wb") as file:
        file.write(b"the bytes of the model")
    mlflow.log_artifact(path, "model")
    # What is tested must be what serves: the digest is compared in every look.
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()

if not client.search_registered_models(f"name = '{NAME}'"):
    client.create_registered_model(NAME)
version = client.create_model_version(
    NAME,
    source=f"runs:/{run.info.run_id}/model",
    run_id=run.info.run_id,
    tags={"gauntlet.digest": f"sha256:{digest}", "gauntlet.threshold": "0.5"},
)
# The first version serves; later ones have to earn it.
if version.version == "1":
    client.set_registered_model_alias(NAME, "champion", version.version)

print(f"{NAME} version {version.version} of run {run.info.run_id}")
