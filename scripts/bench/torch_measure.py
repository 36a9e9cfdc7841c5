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


def classic_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(64, 64, 3), nn.ReLU(),
        nn.Flatten(),
        nn.Linear(576, 64), nn.ReLU(),
        nn.Linear(64, 10),
    )


def cnn():
    model = classic_cnn()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    return 5, training(model, optimizer, torch.rand(64, 1, 28, 28), torch.randint(0, 10, (64,)))


def cnn_infer_b1():
    model, x = classic_cnn().eval(), torch.rand(1, 1, 28, 28)

    @torch.inference_mode()
    def step():
        model(x)

    return 200, step


class Block(nn.Module):
    """A basic residual block with BatchNorm."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if stride > 1:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return (y + self.shortcut(x)).relu()


class Mean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def resnet8():
    model = nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2), Mean(), nn.Linear(64, 10),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    return 2, training(model, optimizer, torch.rand(64, 3, 32, 32), torch.randint(0, 10, (64,)))


class LSTMClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(28, 128, batch_first=True)
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        y, _ = self.lstm(x)
        return self.head(y[:, -1])


def lstm():
    model = LSTMClassifier()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    return 5, training(model, optimizer, torch.rand(64, 28, 28), torch.randint(0, 10, (64,)))


class GPTBlock(nn.Module):
    """A pre-norm transformer block with causal attention."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))

    def forward(self, x):
        n, length, dim = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(n, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(n, length, dim))
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    def __init__(self, vocabulary, context, dim, heads, layers):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, dim), nn.Embedding(context, dim)
        self.blocks = nn.Sequential(*[GPTBlock(dim, heads) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, vocabulary, bias=False)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions.weight[: tokens.shape[1]]
        return self.head(self.norm(self.blocks(x))).flatten(0, 1)


def gpt():
    model = GPT(65, 64, 128, 4, 4)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    return 2, training(model, optimizer, torch.randint(0, 65, (32, 64)), torch.randint(0, 65, (32 * 64,)))


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
