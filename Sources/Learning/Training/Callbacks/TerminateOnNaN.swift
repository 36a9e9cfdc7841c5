/// Ends a training whose loss is no number any more.
public final class TerminateOnNaN: Callback {
    public override func onBatchEnd(_ state: TrainingState) {
        guard !state.batchLoss.isFinite else { return }
        state.shouldStop = true
        state.note("TerminateOnNaN: the loss became \(TextProgress.significant(state.batchLoss)) in batch \(state.batch) of epoch \(state.epoch + 1)")
    }
}
