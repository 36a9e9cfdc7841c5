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


def signs(*shape):
    return torch.randint(0, 2, shape).double() * 2 - 1


def with_zero(p):
    p[0, 0] = 0
    return p


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
    case(f"cross_entropy.ignore.{reduction}", lambda x, t: F.cross_entropy(x, t, ignore_index=2, label_smoothing=0.1, **r),
         lambda: randn(5, 4) * 3, lambda: torch.tensor([2, 0, 3, 2, 1]))
    case(f"nll.ignore.{reduction}", lambda x, t: F.nll_loss(x, t, ignore_index=1, **r), lambda: torch.log_softmax(randn(5, 4), 1), lambda: torch.tensor([2, 1, 3, 1, 0]))
    case(f"bce.plain.{reduction}", lambda x, t: F.binary_cross_entropy(x, t, **r), lambda: rand(4, 3), lambda: rand(4, 3))
    case(f"kl_div.{reduction}", lambda x, t: F.kl_div(x, t, **r), lambda: torch.log_softmax(randn(4, 3), 1), lambda: with_zero(torch.softmax(randn(4, 3), 1)))
    case(f"kl_div.log.{reduction}", lambda x, t: F.kl_div(x, t, log_target=True, **r), lambda: torch.log_softmax(randn(4, 3), 1), lambda: torch.log_softmax(randn(4, 3), 1))
    case(f"hinge_embedding.{reduction}", lambda x, t: F.hinge_embedding_loss(x, t, margin=0.8, **r), lambda: randn(4, 3), lambda: signs(4, 3))
    case(f"margin_ranking.{reduction}", lambda x, a, t: F.margin_ranking_loss(x, a, t, margin=0.3, **r), lambda: randn(6), lambda: randn(6), lambda: signs(6))
    case(f"cosine_embedding.{reduction}", lambda x, a, t: F.cosine_embedding_loss(x, a, t, margin=0.1, **r), lambda: randn(6, 4), lambda: randn(6, 4), lambda: signs(6))
    case(f"triplet.{reduction}", lambda x, p, n: F.triplet_margin_loss(x, p, n, **r), lambda: randn(6, 4), lambda: randn(6, 4), lambda: randn(6, 4))
    case(f"triplet.options.{reduction}", lambda x, p, n: F.triplet_margin_loss(x, p, n, margin=2.0, p=3, eps=1e-3, swap=True, **r), lambda: randn(6, 4), lambda: randn(6, 4), lambda: randn(6, 4))
    case(f"multi_margin.{reduction}", lambda x, t: F.multi_margin_loss(x, t, **r), lambda: randn(5, 4), labels((5,), 4))
    case(f"multi_margin.options.{reduction}", lambda x, t, weight: F.multi_margin_loss(x, t, p=2, margin=0.7, weight=weight, **r), lambda: randn(5, 4), labels((5,), 4), weight=lambda: rand(4))
    case(f"gaussian.{reduction}", lambda x, t, v: F.gaussian_nll_loss(x, t, v, **r), lambda: randn(5, 3), lambda: randn(5, 3), lambda: rand(5, 3))
    case(f"gaussian.full.{reduction}", lambda x, t, v: F.gaussian_nll_loss(x, t, v, full=True, eps=0.3, **r), lambda: randn(5, 3), lambda: randn(5, 3), lambda: rand(5, 1))
    case(f"poisson.{reduction}", lambda x, t: F.poisson_nll_loss(x, t, **r), lambda: randn(5, 3), lambda: torch.randint(0, 5, (5, 3)).double())
    case(f"poisson.full.{reduction}", lambda x, t: F.poisson_nll_loss(x, t, log_input=False, full=True, eps=1e-3, **r), lambda: rand(5, 3), lambda: torch.randint(0, 5, (5, 3)).double())
    case(f"ctc.{reduction}", lambda x, t, a, b: F.ctc_loss(x, t, a, b, **r), lambda: torch.log_softmax(randn(7, 3, 5), 2), lambda: torch.tensor([[1, 2, 2, 4], [3, 3, 0, 0], [4, 1, 2, 0]]),
         lambda: torch.tensor([7, 5, 6]), lambda: torch.tensor([4, 2, 3]))
    case(f"ctc.flat.{reduction}", lambda x, t, a, b: F.ctc_loss(x, t, a, b, blank=4, zero_infinity=True, **r), lambda: torch.log_softmax(randn(6, 3, 5), 2), lambda: torch.tensor([1, 2, 0, 3, 3, 3, 0]),
         lambda: torch.tensor([6, 4, 2]), lambda: torch.tensor([3, 3, 1]))
case("kl_div.batchmean", lambda x, t: F.kl_div(x, t, reduction="batchmean"), lambda: torch.log_softmax(randn(4, 3), 1), lambda: torch.softmax(randn(4, 3), 1))
case("ctc.single", lambda x, t, a, b: F.ctc_loss(x, t, a, b), lambda: torch.log_softmax(randn(6, 5), 1), lambda: torch.tensor([1, 1, 2]), lambda: torch.tensor(6), lambda: torch.tensor(3))
case("multi_margin.single", lambda x, t: F.multi_margin_loss(x, t), lambda: randn(4), lambda: torch.tensor(2))
case("cosine_embedding.single", lambda x, a, t: F.cosine_embedding_loss(x, a, t), lambda: randn(4), lambda: randn(4), lambda: torch.tensor(-1.0))
case("cross_entropy.single", lambda x, t: F.cross_entropy(x, t), lambda: randn(7), lambda: torch.tensor(3))
case("cross_entropy.extreme", lambda x, t: F.cross_entropy(x, t),
     lambda: torch.tensor([[1000.0, -1000.0, 0.0], [0.0, 0.0, -2000.0]]), lambda: torch.tensor([1, 0]))

if __name__ == "__main__":
    cases.save("losses.safetensors")
