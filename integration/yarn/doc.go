// Package yarn tests packages submit and containers/yarn on a real Hadoop, below package am: what is
// uploaded, what is refused, where executors run and what is left of them. It exports nothing; nobody
// imports it.
package yarn
