"""Registers a folder as a version, as it is: python docs/examples/register-signed.py fraud model/

The folder is what mlflow.<flavor>.save_model wrote, and beside it the signature, as docs/guides/sign-models.md has it.
MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN say where, and who. Needs: pip install mlflow
"""

import sys

import mlflow
from mlflow import MlflowClient

name, folder = sys.argv[1:]
client = MlflowClient()
mlflow.set_experiment(name)

with mlflow.start_run() as run:
    client.log_artifacts(run.info.run_id, folder, "model")

if not client.search_registered_models(f"name = '{name}'"):
    client.create_registered_model(name)
version = client.create_model_version(name, source=f"{run.info.artifact_uri}/model", run_id=run.info.run_id)

print(f"{name} version {version.version} of run {run.info.run_id}")
