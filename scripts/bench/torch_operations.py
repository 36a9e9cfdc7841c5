"""The operations of operations.lua for PyTorch: python torch_operations.py [SECONDS] [THOUSANDS]"""

import sys
import time

import torch
import torch.nn.functional as F

seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.3
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
n = rows * 1000
torch.manual_seed(1)
x, y, row, column = torch.randn(rows, 1000), torch.randn(rows, 1000), torch.randn(1000), torch.randn(rows, 1)
positive, mask, cube = x.abs() + 0.1, x > 0, x.reshape(-1, 100, 100)
v, target = torch.randn(n), torch.zeros(n)
whole, places = torch.randint(0, 1000, (n,)), torch.randint(0, n, (n,))
small = torch.randn(4, 4)


def tiny_add():
    for _ in range(1000):
        small + small


operations = {
    "add": lambda: x + y,
    "add_": lambda: x.add_(0),
    "add_row": lambda: x + row,
    "add_column": lambda: x + column,
    "mul_number": lambda: x * 2,
    "div": lambda: x / y,
    "sqrt": lambda: positive.sqrt(),
    "pow": lambda: positive.pow(2.5),
    "exp": lambda: x.exp(),
    "log": lambda: positive.log(),
    "sin": lambda: x.sin(),
    "tanh": lambda: x.tanh(),
    "sigmoid": lambda: x.sigmoid(),
    "erf": lambda: x.erf(),
    "gelu": lambda: F.gelu(x),
    "silu": lambda: F.silu(x),
    "softplus": lambda: F.softplus(x),
    "gt": lambda: x > 0,
    "where": lambda: torch.where(mask, x, y),
    "masked_fill": lambda: x.masked_fill(mask, 0),
    "sum": lambda: x.sum(),
    "sum_dim1": lambda: x.sum(0),
    "sum_dim2": lambda: x.sum(1),
    "var_dim2": lambda: x.var(1),
    "norm": lambda: x.norm(),
    "max_dim1": lambda: x.max(0),
    "max_dim2": lambda: x.max(1),
    "argmax_dim2": lambda: x.argmax(1),
    "logsumexp_dim2": lambda: x.logsumexp(1),
    "softmax_dim1": lambda: x.softmax(0),
    "softmax_dim2": lambda: x.softmax(1),
    "transpose_copy": lambda: x.t().contiguous(),
    "permute_copy": lambda: cube.permute(2, 0, 1).contiguous(),
    "cat": lambda: torch.cat([x, y]),
    "sort": lambda: v.sort(),
    "sort_dim2": lambda: x.sort(1),
    "sort_int64": lambda: whole.sort(),
    "topk": lambda: v.topk(10),
    "cumsum": lambda: v.cumsum(0),
    "cumsum_dim1": lambda: x.cumsum(0),
    "gather": lambda: v.gather(0, places),
    "index_select": lambda: v.index_select(0, places),
    "scatter_": lambda: target.scatter_(0, places, v),
    "scatter_add_": lambda: target.scatter_add_(0, places, v),
    "unique": lambda: whole.unique(),
    "rand": lambda: torch.rand(n),
    "randn": lambda: torch.randn(n),
    "tiny_add": tiny_add,
}

for name, run in operations.items():
    times = 1000 if name.startswith("tiny") else 1
    warm = time.perf_counter() + seconds
    while time.perf_counter() < warm:
        run()
    samples, start = [], time.perf_counter()
    while time.perf_counter() - start <= seconds or len(samples) < 5:
        before = time.perf_counter()
        run()
        samples.append((time.perf_counter() - before) / times)
    samples.sort()
    print(f"{name} {samples[(len(samples) - 1) // 2] * 1000:.6f}")
