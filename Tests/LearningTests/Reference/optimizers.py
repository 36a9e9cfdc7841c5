"""Optimizers: parameters before, gradients, and parameters after 1 and after 10 steps."""
import torch

from common import Cases

cases = Cases(2)


def case(name, make):
    cases.begin(name)
    p = [torch.randn(3, 4), torch.randn(5), torch.randn(1)]
    for i, x in enumerate(p):
        cases.put(f"start{i}", x)
    p = [x.clone().requires_grad_() for x in p]
    optimizer = make(p)
    for step in range(10):
        for i, x in enumerate(p):
            # The third parameter gets its first gradient later than the others.
            x.grad = None if i == 2 and step < 2 else torch.randn_like(x)
            if x.grad is not None:
                cases.put(f"grad{i}.{step}", x.grad)
        optimizer.step()
        if step in (0, 9):
            for i, x in enumerate(p):
                cases.put(f"after{i}.{step}", x)


o = torch.optim
case("SGD.plain", lambda p: o.SGD(p, lr=0.1))
case("SGD.momentum", lambda p: o.SGD(p, lr=0.1, momentum=0.9))
case("SGD.dampening", lambda p: o.SGD(p, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.05))
case("SGD.nesterov", lambda p: o.SGD(p, lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.05, maximize=True))
case("Adam.plain", lambda p: o.Adam(p))
case("Adam.options", lambda p: o.Adam(p, lr=0.02, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1, maximize=True))
case("Adam.amsgrad", lambda p: o.Adam(p, lr=0.02, amsgrad=True))
case("AdamW.plain", lambda p: o.AdamW(p))
case("AdamW.options", lambda p: o.AdamW(p, lr=0.02, betas=(0.8, 0.95), weight_decay=0.3, amsgrad=True))

if __name__ == "__main__":
    cases.save("optimizers.safetensors")
