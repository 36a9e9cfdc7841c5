"""The workloads for PyTorch: python torch_measure.py NAME [SECONDS]

Prints the median time of a step in milliseconds and the peak resident size in MB.
"""

import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


def training(model, optimizer, x, y):
    def step():
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


def mlp():
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    return 50, training(model, optimizer, torch.rand(64, 784), torch.randint(0, 10, (64,)))


def wide_mlp():
    model = nn.Sequential(
        nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 10)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-2, momentum=0.9)
    return 5, training(model, optimizer, torch.rand(256, 1024), torch.randint(0, 10, (256,)))


def elementwise_chain():
    x = torch.randn(1000, 1000)
    w = torch.randn(1000, requires_grad=True)
    b = torch.randn(1000, requires_grad=True)

    def step():
        w.grad = b.grad = None
        (F.gelu(x * w + b) * 0.5 + x).mean().backward()

    return 5, step


def tiny_add_x1000():
    a, b = torch.rand(4, 4), torch.rand(4, 4)

    def step():
        for _ in range(1000):
            a + b

    return 20, step


def tiny_grad_x100():
    a, w = torch.rand(4, 4), torch.rand(4, 4, requires_grad=True)

    def step():
        for _ in range(100):
            a.matmul(w).relu().sum().backward()

    return 20, step


def matmul1024():
    a, b = torch.rand(1024, 1024), torch.rand(1024, 1024)
    return 5, lambda: a.matmul(b)


def main():
    name = sys.argv[1]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    torch.manual_seed(1)
    torch.set_num_threads(int(sys.argv[3]) if len(sys.argv) > 3 else torch.get_num_threads())
    repeats, step = globals()[name]()
    for _ in range(repeats):
        step()
    samples, start = [], time.perf_counter()
    while time.perf_counter() - start <= seconds or len(samples) < 5:
        before = time.perf_counter()
        for _ in range(repeats):
            step()
        samples.append((time.perf_counter() - before) / repeats)
    samples.sort()
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(f"{samples[(len(samples) - 1) // 2] * 1000:.5f} {peak / 1024:.1f}")


main()
