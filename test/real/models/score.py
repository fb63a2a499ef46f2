"""Scores rows with model folders: `score.py folder` reads rows.json there and every folder with a file MLmodel, and prints one JSON
object for each way to score a model: by its own library, and by mlflow.pyfunc."""

import json
import logging
import sys
from pathlib import Path

import mlflow.pyfunc
import numpy as np
import onnx
import onnxruntime
import pandas as pd
import xgboost

logging.getLogger("mlflow").setLevel(logging.ERROR)
folder = Path(sys.argv[1])
rows = np.array(json.loads((folder / "rows.json").read_text()), dtype=np.float32)


def by_library(model: Path):
    if (model / "model.json").exists():
        booster = xgboost.Booster()
        booster.load_model(model / "model.json")
        return booster.predict(xgboost.DMatrix(rows, feature_names=booster.feature_names)), booster.feature_names
    file = str(model / "model.onnx")
    onnx.checker.check_model(file, full_check=True)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return session.run(["probabilities"], {"features": rows})[0], None


def by_mlflow(model: Path):
    loaded = mlflow.pyfunc.load_model(str(model))
    columns = loaded.metadata.get_input_schema().input_names()
    answer = loaded.predict(pd.DataFrame(rows.astype(np.float64), columns=columns))
    # The flavor of ONNX gives one column of rows × 3 values.
    values = answer.to_numpy() if isinstance(answer, pd.DataFrame) else answer
    return values.reshape(len(rows), 3), columns


for model in sorted(file.parent for file in folder.glob("*/MLmodel")):
    for way, score in {"library": by_library, "mlflow": by_mlflow}.items():
        chances, columns = score(model)
        print(json.dumps({"model": model.name, "way": way, "columns": columns, "chances": chances.astype(float).tolist()}))
