package am

import "errors"

// Errors that callers decide on.
var (
	// ErrSettings is wrapped by Start's error where the settings do not go together.
	ErrSettings = errors.New("bad settings")

	// ErrStopped is wrapped by the error of a call that found the application ended.
	ErrStopped = errors.New("the application has ended")

	// ErrTooManyFailures is wrapped by Err when executors were lost too often.
	ErrTooManyFailures = errors.New("too many executors failed")

	// ErrCancelled is wrapped by Run's error when Cancel ended the job.
	ErrCancelled = errors.New("the program cancelled it")

	// ErrTemplateTooLarge is wrapped by Run's error when a stage carries more to the executors than
	// a message may hold.
	ErrTemplateTooLarge = errors.New("the stage is too large to send")

	// ErrResultTooLarge is wrapped by Run's error when the results of a job are larger than
	// weft.driver.maxResultSize.
	ErrResultTooLarge = errors.New("the job's results are too large for the driver")
)
