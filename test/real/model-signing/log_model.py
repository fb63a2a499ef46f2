"""Saves a model of MLflow's into a folder, and logs the same into the registry, signed afterwards:
python log_model.py NAME FOLDER SIGN KEY

SIGN is the command model_signing, KEY its private key. The logged version becomes the champion.
"""

import os
import subprocess
import sys
import tempfile

import mlflow
from mlflow import MlflowClient

name, folder, sign, key = sys.argv[1:]


class Constant(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [0.5] * len(model_input)


if not os.path.exists(folder):
    mlflow.pyfunc.save_model(folder, python_model=Constant(), pip_requirements=["mlflow"])
client = MlflowClient()
mlflow.set_experiment(name)
with mlflow.start_run():
    model = mlflow.pyfunc.log_model(name="model", python_model=Constant(), pip_requirements=["mlflow"], registered_model_name=name)
version = str(model.registered_model_version)
with tempfile.TemporaryDirectory() as scratch:
    # Where the version's files are, as they are: signed in the place that they are loaded from.
    local = mlflow.artifacts.download_artifacts(artifact_uri=client.get_model_version_download_uri(name, version), dst_path=scratch)
    signature = os.path.join(scratch, "model.sig")
    subprocess.run([sign, "sign", "key", local, "--private_key", key, "--signature", signature], check=True, capture_output=True)
    client.log_model_artifact(model.model_id, signature)
client.set_registered_model_alias(name, "champion", version)
print(f"{name} version {version}")
