"""Schedulers: the rates (and momenta) of two groups at the start and after each of 50 steps."""
import torch

from common import Cases

cases = Cases(4)
s = torch.optim.lr_scheduler


def case(name, make, steps=50, value=None, lr=(0.1, 0.03)):
    cases.begin(name)
    p = [torch.zeros(1).requires_grad_() for _ in lr]
    optimizer = torch.optim.SGD([dict(params=[x], lr=r) for x, r in zip(p, lr)], lr=0.1, momentum=0.9)
    schedule = make(optimizer)
    rates, momenta = [], []

    def note():
        rates.append([g["lr"] for g in optimizer.param_groups])
        momenta.append(optimizer.param_groups[0]["momentum"])

    note()
    for i in range(steps):
        optimizer.step()
        schedule.step(*([] if value is None else [value(i)]))
        note()
    cases.put("rates", torch.tensor(rates))
    cases.put("momenta", torch.tensor(momenta))


case("StepLR", lambda o: s.StepLR(o, 7, 0.5))
case("MultiStepLR", lambda o: s.MultiStepLR(o, [3, 10, 10, 40], 0.5))
case("ExponentialLR", lambda o: s.ExponentialLR(o, 0.9))
case("CosineAnnealingLR", lambda o: s.CosineAnnealingLR(o, 12, 0.01))
case("CosineAnnealingWarmRestarts", lambda o: s.CosineAnnealingWarmRestarts(o, 5, 2, 0.001))
case("CosineAnnealingWarmRestarts.even", lambda o: s.CosineAnnealingWarmRestarts(o, 5))
case("LinearLR", lambda o: s.LinearLR(o))
case("LinearLR.options", lambda o: s.LinearLR(o, 0.9, 0.1, 30))
case("PolynomialLR", lambda o: s.PolynomialLR(o, 30, 2.0))
case("LambdaLR", lambda o: s.LambdaLR(o, lambda t: 1 / (1 + t)))
case("OneCycleLR", lambda o: s.OneCycleLR(o, 0.5, total_steps=51))
case("OneCycleLR.linear", lambda o: s.OneCycleLR(o, [0.5, 0.2], total_steps=60, pct_start=0.4, anneal_strategy="linear", div_factor=10))
case("OneCycleLR.three", lambda o: s.OneCycleLR(o, 0.5, total_steps=51, three_phase=True))
case("SequentialLR", lambda o: s.SequentialLR(o, [s.LinearLR(o, 0.1, total_iters=5), s.ExponentialLR(o, 0.9), s.StepLR(o, 4)], [5, 20]))
case("SequentialLR.cosine", lambda o: s.SequentialLR(o, [s.LinearLR(o, 0.1, total_iters=10), s.CosineAnnealingLR(o, 40)], [10]))


class Both:
    """Two schedules on one optimizer."""

    def __init__(self, *schedules):
        self.schedules = schedules

    def step(self):
        for x in self.schedules:
            x.step()


case("Combined", lambda o: Both(s.StepLR(o, 7, 0.5), s.ExponentialLR(o, 0.95)))
case("ReduceLROnPlateau", lambda o: s.ReduceLROnPlateau(o, patience=3, factor=0.5, cooldown=2), value=lambda i: max(1.0 - 0.1 * i, 0.3))
case("ReduceLROnPlateau.max", lambda o: s.ReduceLROnPlateau(o, "max", patience=2, factor=0.3, threshold=0.05, threshold_mode="abs", min_lr=0.001),
     value=lambda i: (i % 9) * 0.02 + i * 0.001)

if __name__ == "__main__":
    cases.save("schedulers.safetensors")
