"""Layers: parameters and buffers under PyTorch's names, outputs, gradients of inputs and parameters."""
import torch
from torch import nn

from common import Cases

cases = Cases(3)
randn = torch.randn


def case(name, module, *inputs, call=None, evaluates=True):
    """Stores state, "x0"…, "out0"… in training and "eval0"… in evaluation, and all gradients of
    the sum of outputs times "slope0"…."""
    cases.begin(name)
    module, inputs = module(), [x() for x in inputs]
    cases.order("state", module.state_dict())
    for key, value in module.state_dict().items():
        cases.put(f"state.{key}", value.double() if value.dtype.is_floating_point else value)
    run = call or (lambda m, *x: m(*x))
    inputs = [x.requires_grad_() if x.dtype.is_floating_point else x for x in inputs]

    def flat(y):
        return [y] if isinstance(y, torch.Tensor) else [t for part in y if part is not None for t in flat(part)]

    outputs = flat(run(module, *inputs))
    total = 0
    for i, y in enumerate(outputs):
        slope = randn(y.shape)
        cases.put(f"slope{i}", slope)
        cases.put(f"out{i}", y)
        if y.requires_grad:
            total = total + (y * slope).sum()
    total.backward()
    for i, x in enumerate(inputs):
        cases.put(f"x{i}", x)
        if x.grad is not None:
            cases.put(f"xgrad{i}", x.grad)
    for key, p in module.named_parameters():
        if p.grad is not None:
            cases.put(f"grad.{key}", p.grad)
    for key, value in module.named_buffers():
        cases.put(f"after.{key}", value)
    if evaluates:
        module.eval()
        with torch.no_grad():
            for i, y in enumerate(flat(run(module, *inputs))):
                cases.put(f"eval{i}", y)


case("Linear", lambda: nn.Linear(5, 3), lambda: randn(4, 5))
case("Linear.nobias", lambda: nn.Linear(5, 3, bias=False), lambda: randn(2, 3, 5))
case("Flatten", lambda: nn.Flatten(), lambda: randn(2, 3, 4))
case("Sequential", lambda: nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 2)), lambda: randn(3, 5))
for name, options in [
    ("ReLU", {}), ("ReLU6", {}), ("LeakyReLU", {}), ("LeakyReLU", dict(negative_slope=0.2)), ("ELU", dict(alpha=0.7)),
    ("SELU", {}), ("GELU", {}), ("GELU", dict(approximate="tanh")), ("SiLU", {}), ("Mish", {}), ("Sigmoid", {}),
    ("LogSigmoid", {}), ("Tanh", {}), ("Hardtanh", dict(min_val=-0.5, max_val=2.0)), ("Hardsigmoid", {}),
    ("Hardswish", {}), ("Softplus", {}), ("Softplus", dict(beta=2.0, threshold=3.0)), ("Softsign", {}),
    ("Softmax", dict(dim=1)), ("LogSoftmax", dict(dim=1)), ("GLU", dict(dim=1)),
]:
    suffix = "".join(f".{k}" for k in options)
    case(name + suffix, lambda: getattr(nn, name)(**options), lambda: randn(4, 6) * 3)

if __name__ == "__main__":
    cases.save("layers.safetensors")
