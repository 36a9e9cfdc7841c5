import Glibc
import Tensors

/// How the loss goes while the learning rate rises from batch to batch (Smith 2017).
public struct RateSweep: Sendable {
    public let rates: [Double]
    /// The loss of each batch, smoothed over its predecessors.
    public let losses: [Double]
    /// The rate at which the loss falls fastest; nil when it never falls.
    public let suggestion: Double?
    /// The rate with the lowest loss.
    public let lowest: Double?
    /// Whether the sweep ended because the loss had become too large.
    public let diverged: Bool
}

extension Module {
    /// Trains on batches of a set with rates that rise from `start` to `end`, until the loss explodes;
    /// afterwards everything is as before.
    ///
    /// - Throws: for options that make no sense; errors of the model, the loss or the set.
    public func sweepRates(
        _ set: any Dataset, loss: Loss, optimizer: Optimizer, from start: Double = 1e-6, to end: Double = 10, steps: Int = 100, batchSize: Int = 32
    ) throws -> RateSweep {
        guard start > 0, end > start, end.isFinite, (2...100_000).contains(steps) else {
            throw LearningError.argument("lr_find", "needs 0 < start_lr < end_lr and num_steps of 2..100000, got \(shortNumber(start)), \(shortNumber(end)), \(steps)")
        }
        let snapshot = try Snapshot(self, optimizer)
        defer { snapshot.restore() }
        train()
        let loader = try DataLoader(set, batchSize: batchSize, shuffle: true)
        guard loader.count > 0 else { throw LearningError.argument("lr_find", "the set is empty") }
        var pass = try loader.makePass(), average = 0.0, rates: [Double] = [], losses: [Double] = []
        for step in 0..<steps {
            var batch = try pass.next()
            if batch == nil {
                pass = try loader.makePass()
                batch = try pass.next()
            }
            guard let batch else { break }
            let rate = start * pow(end / start, Double(step) / Double(steps - 1))
            optimizer.lr = rate
            let (inputs, target) = try Trainer.parts(of: batch)
            optimizer.zeroGrad()
            let value = try loss(output(inputs), target)
            let number = try value.scalar("lr_find").doubleValue
            average = 0.8 * average + 0.2 * number
            let smooth = average / (1 - pow(0.8, Double(step + 1)))
            guard smooth.isFinite, smooth <= 4 * (losses.min() ?? smooth) || step < 5 else { break }
            rates.append(rate)
            losses.append(smooth)
            try value.backward()
            try optimizer.step()
        }
        return RateSweep(rates, losses, diverged: rates.count < steps)
    }
}

extension RateSweep {
    init(_ rates: [Double], _ losses: [Double], diverged: Bool) {
        (self.rates, self.losses, self.diverged) = (rates, losses, diverged)
        let best = losses.indices.min { losses[$0] < losses[$1] }
        lowest = best.map { rates[$0] }
        // Steepest over a fifth of the sweep, so that the noise of batches counts little, before the lowest;
        // rates are evenly spaced in their logarithm.
        let width = max(2, losses.count / 10)
        var steepest: (index: Int, slope: Double)?
        if let best, best > 2 * width {
            for i in width...(best - width) {
                let slope = losses[i + width] - losses[i - width]
                if slope < min(steepest?.slope ?? 0, 0) { steepest = (i, slope) }
            }
        }
        suggestion = steepest.map { rates[$0.index] }
    }
}
