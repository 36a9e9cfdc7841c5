"""Pictures resized, turned and recoloured by PyTorch, NumPy and Python, for AugmentationTests."""

import colorsys
import json
import math
import os

import numpy as np
import torch
import torch.nn.functional as F

rng = np.random.default_rng(3)
x = torch.tensor(np.round(rng.random((3, 5, 7)), 3), dtype=torch.float32)
cases = []


def add(kind, options, result):
    cases.append(dict(kind=kind, options=options, expected=[round(float(v), 6) for v in np.asarray(result).ravel()]))


for h, w in ((3, 4), (5, 3), (9, 11), (1, 1), (5, 14)):
    for antialias in (True, False):
        add("resize", [h, w, "bilinear", antialias], F.interpolate(x[None], (h, w), mode="bilinear", antialias=antialias, align_corners=False)[0])
    add("resize", [h, w, "nearest", False], F.interpolate(x[None], (h, w), mode="nearest")[0])


def inverse(angle, translate, scale, shear):
    """The inverse of: shear, turn clockwise and scale around the middle, then move."""
    a, sx, sy = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    turn = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
    m = scale * turn @ np.array([[1, 0], [-math.tan(sy), 1]]) @ np.array([[1, -math.tan(sx)], [0, 1]])
    whole = np.vstack([np.hstack([m, np.array(translate)[:, None]]), [0, 0, 1]])
    return np.linalg.inv(whole)[:2]


for angle, translate, scale, shear in ((30, (0, 0), 1, (0, 0)), (-15, (1, -2), 1.3, (0, 0)), (10, (0, 1), 0.7, (12, 0)), (0, (0, 0), 1, (8, -5)), (90, (0, 0), 1, (0, 0))):
    m = inverse(angle, translate, scale, shear)
    h, w = x.shape[1:]
    # From pixels to the -1..1 of affine_grid.
    theta = np.array([[m[0, 0], m[0, 1] * h / w, 2 * m[0, 2] / w], [m[1, 0] * w / h, m[1, 1], 2 * m[1, 2] / h]])
    grid = F.affine_grid(torch.tensor(theta, dtype=torch.float32)[None], (1, 3, h, w), align_corners=False)
    for mode in ("bilinear", "nearest"):
        if mode == "nearest" and angle in (30, 90):
            continue  # halves of pixels, which rounding decides
        add("affine", [angle, *translate, scale, *shear, mode], F.grid_sample(x[None], grid, mode=mode, align_corners=False)[0])

n = x.numpy().astype(np.float64)
gray = 0.2989 * n[0] + 0.587 * n[1] + 0.114 * n[2]
add("brightness", [1.4], np.clip(n * 1.4, 0, 1))
add("contrast", [0.6], np.clip(0.6 * n + 0.4 * gray.mean(), 0, 1))
add("contrast", [1.7], np.clip(1.7 * n - 0.7 * gray.mean(), 0, 1))
add("saturation", [0.3], np.clip(0.3 * n + 0.7 * gray, 0, 1))
for turn in (0.1, -0.4):
    out = np.zeros_like(n)
    for i in range(5):
        for j in range(7):
            hue, s, v = colorsys.rgb_to_hsv(*n[:, i, j])
            out[:, i, j] = colorsys.hsv_to_rgb((hue + turn) % 1, s, v)
    add("hue", [turn], out)
for mode, name in (("constant", "constant"), ("edge", "edge"), ("reflect", "reflect"), ("symmetric", "symmetric")):
    padded = np.pad(n, ((0, 0), (4, 4), (4, 4)), mode=mode)
    add("crop", [-3, 2, 8, 9, name], padded[:, 1:9, 6:15])
    add("crop", [1, -4, 3, 4, name], padded[:, 5:8, 0:4])

folder = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(folder, "augmentation.json"), "w") as f:
    json.dump(dict(picture=[round(float(v), 6) for v in x.ravel()], cases=cases), f, separators=(",", ":"))
print(len(cases), "cases", os.path.getsize(os.path.join(folder, "augmentation.json")))
