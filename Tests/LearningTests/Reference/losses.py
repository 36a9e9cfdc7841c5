"""Losses: value and gradient of the input, for every reduction and option."""
import torch
import torch.nn.functional as F

from common import Cases

cases = Cases(1)
rand, randn = torch.rand, torch.randn


def case(name, function, x, *others, **named):
    """`others` are stored as "target" and "other1" …, `named` under their names."""
    cases.begin(name)
    x, others, named = x(), [o() for o in others], {k: v() for k, v in named.items()}
    x = x.requires_grad_()
    second = [o.requires_grad_() if o.dtype.is_floating_point and i == 0 and "pair" in name else o
              for i, o in enumerate(others)]
    y = function(x, *second, **named)
    slope = randn(y.shape)
    (y * slope).sum().backward()
    cases.put("input", x)
    cases.put("slope", slope)
    cases.put("output", y)
    cases.put("grad", x.grad)
    for i, o in enumerate(others):
        cases.put("target" if i == 0 else f"other{i}", o)
    for k, v in named.items():
        cases.put(k, v)


def labels(n, c, *ignored):
    def make():
        y = torch.randint(0, c, n)
        for i in ignored:
            y.view(-1)[i] = -100
        return y
    return make


for reduction in ["mean", "sum", "none"]:
    r = dict(reduction=reduction)
    case(f"cross_entropy.{reduction}", lambda x, t: F.cross_entropy(x, t, **r), lambda: randn(5, 7) * 3, labels((5,), 7))
    case(f"cross_entropy.weight.{reduction}", lambda x, t, weight: F.cross_entropy(x, t, weight, **r),
         lambda: randn(5, 7) * 3, labels((5,), 7, 2), weight=lambda: rand(7))
    case(f"cross_entropy.smooth.{reduction}", lambda x, t: F.cross_entropy(x, t, label_smoothing=0.1, **r),
         lambda: randn(5, 7) * 3, labels((5,), 7, 0))
    case(f"cross_entropy.smooth_weight.{reduction}",
         lambda x, t, weight: F.cross_entropy(x, t, weight, label_smoothing=0.2, **r),
         lambda: randn(5, 7) * 3, labels((5,), 7, 4), weight=lambda: rand(7))
    case(f"cross_entropy.wide.{reduction}", lambda x, t: F.cross_entropy(x, t, **r), lambda: randn(3, 65) * 3, labels((3,), 65))
    case(f"cross_entropy.spatial.{reduction}", lambda x, t: F.cross_entropy(x, t, **r),
         lambda: randn(2, 4, 3, 2), labels((2, 3, 2), 4, 1))
    case(f"cross_entropy.probabilities.{reduction}",
         lambda x, t, weight: F.cross_entropy(x, t, weight, label_smoothing=0.1, **r),
         lambda: randn(5, 4), lambda: torch.softmax(randn(5, 4), 1), weight=lambda: rand(4))
    case(f"cross_entropy.probabilities_spatial.{reduction}", lambda x, t: F.cross_entropy(x, t, **r),
         lambda: randn(2, 4, 3), lambda: torch.softmax(randn(2, 4, 3), 1))
    case(f"nll.{reduction}", lambda x, t: F.nll_loss(x, t, **r), lambda: torch.log_softmax(randn(5, 7), 1), labels((5,), 7))
    case(f"nll.weight.{reduction}", lambda x, t, weight: F.nll_loss(x, t, weight, **r),
         lambda: torch.log_softmax(randn(2, 4, 3), 1), labels((2, 3), 4, 2), weight=lambda: rand(4))
    case(f"mse.{reduction}", lambda x, t: F.mse_loss(x, t, **r), lambda: randn(4, 3), lambda: randn(4, 3))
    case(f"l1.{reduction}", lambda x, t: F.l1_loss(x, t, **r), lambda: randn(4, 3), lambda: randn(4, 3))
    case(f"smooth_l1.{reduction}", lambda x, t: F.smooth_l1_loss(x, t, beta=0.5, **r), lambda: randn(4, 3), lambda: randn(4, 3))
    case(f"huber.{reduction}", lambda x, t: F.huber_loss(x, t, delta=0.7, **r), lambda: randn(4, 3), lambda: randn(4, 3))
    case(f"bce.{reduction}", lambda x, t, weight: F.binary_cross_entropy(x, t, weight, **r),
         lambda: rand(4, 3), lambda: rand(4, 3), weight=lambda: rand(4, 3))
    case(f"bce_logits.{reduction}", lambda x, t: F.binary_cross_entropy_with_logits(x, t, **r),
         lambda: randn(4, 3) * 30, lambda: torch.bernoulli(torch.full((4, 3), 0.5)))
    case(f"bce_logits.weights.{reduction}",
         lambda x, t, weight, pos_weight: F.binary_cross_entropy_with_logits(x, t, weight, pos_weight=pos_weight, **r),
         lambda: randn(4, 3), lambda: rand(4, 3), weight=lambda: rand(4, 3), pos_weight=lambda: rand(3) + 1)
case("cross_entropy.single", lambda x, t: F.cross_entropy(x, t), lambda: randn(7), lambda: torch.tensor(3))
case("cross_entropy.extreme", lambda x, t: F.cross_entropy(x, t),
     lambda: torch.tensor([[1000.0, -1000.0, 0.0], [0.0, 0.0, -2000.0]]), lambda: torch.tensor([1, 0]))

if __name__ == "__main__":
    cases.save("losses.safetensors")
