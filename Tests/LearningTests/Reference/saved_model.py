"""Writes saved_model.safetensors: a model's state as PyTorch with the safetensors library saves it, with an input
and the model's output in the metadata. With a path, checks instead that the file there, saved by Nightjar, loads.

    python saved_model.py [file]
"""

import json
import sys

import torch
from safetensors.torch import load_model, save_file
from torch import nn

torch.manual_seed(4)
model = nn.Sequential(
    nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3)
).eval()
model[1].running_mean += 0.1
x = torch.linspace(-1, 1, 16).reshape(1, 1, 4, 4)
if len(sys.argv) > 1:
    load_model(model, sys.argv[1])
    print("loaded; output", model(x).tolist())
else:
    output = json.dumps(model(x)[0].tolist())
    save_file(model.state_dict(), "saved_model.safetensors", metadata={"format": "pt", "output": output})
