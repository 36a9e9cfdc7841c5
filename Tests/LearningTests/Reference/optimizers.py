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

for name in ["NAdam", "RAdam"]:
    make = getattr(o, name)
    case(f"{name}.plain", lambda p: make(p))
    case(f"{name}.options", lambda p: make(p, lr=0.02, betas=(0.8, 0.9), weight_decay=0.1, maximize=True))
    case(f"{name}.decoupled", lambda p: make(p, lr=0.02, betas=(0.8, 0.6), weight_decay=0.1, decoupled_weight_decay=True))
case("Adamax.plain", lambda p: o.Adamax(p))
case("Adamax.options", lambda p: o.Adamax(p, lr=0.02, betas=(0.8, 0.95), weight_decay=0.1, maximize=True))
case("Adagrad.plain", lambda p: o.Adagrad(p))
case("Adagrad.options", lambda p: o.Adagrad(p, lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.2, eps=1e-3))
case("Adadelta.plain", lambda p: o.Adadelta(p))
case("Adadelta.options", lambda p: o.Adadelta(p, lr=0.5, rho=0.8, eps=1e-3, weight_decay=0.1))
case("RMSprop.plain", lambda p: o.RMSprop(p))
case("RMSprop.momentum", lambda p: o.RMSprop(p, lr=0.02, alpha=0.9, momentum=0.8, weight_decay=0.1))
case("RMSprop.centered", lambda p: o.RMSprop(p, lr=0.02, alpha=0.9, centered=True, eps=1e-2))
case("RMSprop.both", lambda p: o.RMSprop(p, lr=0.02, alpha=0.9, momentum=0.8, centered=True, eps=1e-2))
case("Rprop.plain", lambda p: o.Rprop(p))
case("Rprop.options", lambda p: o.Rprop(p, lr=0.1, etas=(0.4, 1.3), step_sizes=(0.05, 0.12)))


class Lion(o.Optimizer):
    """Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", program 1."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in [p for p in group["params"] if p.grad is not None]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = (b1 * m + (1 - b1) * p.grad).sign()
                p -= group["lr"] * (update + group["weight_decay"] * p)
                m.mul_(b2).add_(p.grad, alpha=1 - b2)


class Lamb(o.Optimizer):
    """You et al. 2020, "Large Batch Optimization for Deep Learning", algorithm 2, with bias correction."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in [p for p in group["params"] if p.grad is not None]:
                state = self.state[p]
                m, v = state.setdefault("m", torch.zeros_like(p)), state.setdefault("v", torch.zeros_like(p))
                state["t"] = t = state.get("t", 0) + 1
                m.mul_(b1).add_(p.grad, alpha=1 - b1)
                v.mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                r = (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + group["eps"]) + group["weight_decay"] * p
                size, length = p.norm(), r.norm()
                trust = size / length if size > 0 and length > 0 else 1.0
                p -= group["lr"] * trust * r


case("Lion.plain", lambda p: Lion(p))
case("Lion.options", lambda p: Lion(p, lr=0.02, betas=(0.8, 0.9), weight_decay=0.3))
case("Lamb.plain", lambda p: Lamb(p))
case("Lamb.options", lambda p: Lamb(p, lr=0.05, betas=(0.8, 0.9), weight_decay=0.0))


def minimize(name, make, steps=4):
    """Rosenbrock's function of four numbers, several steps with a closure."""
    cases.begin(name)
    p = torch.tensor([-1.2, 1.0, 0.5, 2.0]).requires_grad_()
    cases.put("start0", p)
    optimizer = make([p])

    def closure():
        optimizer.zero_grad()
        x, y = p[:-1], p[1:]
        loss = (100 * (y - x * x) ** 2 + (1 - x) ** 2).sum()
        loss.backward()
        return loss

    for step in range(steps):
        loss = optimizer.step(closure)
        cases.put(f"loss.{step}", loss)
        cases.put(f"after0.{step}", p)


minimize("LBFGS.plain", lambda p: o.LBFGS(p, lr=0.1, max_iter=5))
minimize("LBFGS.wolfe", lambda p: o.LBFGS(p, max_iter=6, line_search_fn="strong_wolfe"))
minimize("LBFGS.history", lambda p: o.LBFGS(p, max_iter=6, history_size=2, line_search_fn="strong_wolfe"))

if __name__ == "__main__":
    cases.save("optimizers.safetensors")
