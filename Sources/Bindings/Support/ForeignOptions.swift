extension Bindings {
    /// Names of options in NumPy, Keras and other libraries, and ours.
    static let foreignOptions: [String: String] = [
        "axis": "dim", "axes": "dims", "keepdims": "keepdim", "ddof": "correction", "size": "shape",
        "learning_rate": "lr", "lr": "optimizer", "eta": "lr", "beta": "betas", "epsilon": "eps", "decay": "weight_decay", "l2": "weight_decay",
        "num_epochs": "epochs", "n_epochs": "epochs", "max_epochs": "epochs", "nb_epoch": "epochs",
        "batchsize": "batch_size", "bs": "batch_size", "criterion": "loss", "loss_fn": "loss", "optim": "optimizer",
        "validation_data": "validation", "validation_split": "validation", "valid": "validation", "val": "validation",
        "num_workers": "workers", "random_state": "seed", "units": "out_features", "filters": "out_channels", "rate": "p",
        "dropout": "p", "strides": "stride", "pool_size": "kernel_size", "use_bias": "bias", "test_size": "test",
    ]
}
