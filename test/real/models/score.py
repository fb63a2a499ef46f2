"""Scores rows with model files: `score.py folder` reads rows.json, trees.json and *.onnx there, and prints one JSON object a model."""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import xgboost

folder = Path(sys.argv[1])
rows = np.array(json.loads((folder / "rows.json").read_text()), dtype=np.float32)

booster = xgboost.Booster()
booster.load_model(folder / "trees.json")
chances = booster.predict(xgboost.DMatrix(rows, feature_names=booster.feature_names))
print(json.dumps({"model": "trees", "columns": booster.feature_names, "chances": chances.astype(float).tolist()}))

for file in sorted(folder.glob("*.onnx")):
    onnx.checker.check_model(str(file), full_check=True)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    (chances,) = session.run(["probabilities"], {"features": rows})
    print(json.dumps({"model": file.stem, "chances": chances.astype(float).tolist()}))
