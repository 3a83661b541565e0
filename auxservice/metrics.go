package auxservice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics shows what a serving does to Prometheus. Counts are read from the server when asked
// for; only the histogram costs anything per request.
type metrics struct {
	*serving
	firstByte prometheus.Histogram
	registry  *prometheus.Registry
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("weft_shuffle_"+name, help, labels, nil)
}

// What docs/shuffle-service-metrics.md lists.
var (
	connectionsDesc = describe("connections", "Open connections.")
	acceptedDesc    = describe("connections_accepted_total",
		"Connections that proved an application's secret.")
	refusedDesc = describe("connections_refused_total",
		"Connections that proved nothing, or whose application had its share.", "reason")
	requestsDesc = describe("requests_total", "Requests answered to the end.")
	blocksDesc   = describe("blocks_sent_total", "Blocks sent.")
	bytesDesc    = describe("sent_bytes_total", "Bytes sent: blocks and the heads of answers.")
	errorsDesc   = describe("errors_total", "Items and requests not served.", "kind")
	filesDesc    = describe("open_outputs", "Map outputs kept open.")
	appsDesc     = describe("applications", "Applications that run.")
	recoveryDesc = describe("recovery_kept",
		"1 if secrets survive a restart, 0 if the recovery directory fails or there is none.")
)

func newMetrics(s *serving) *metrics {
	m := &metrics{serving: s, registry: prometheus.NewRegistry()}
	m.firstByte = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "weft_shuffle_first_byte_seconds",
		Help:    "Time from a request to the first byte of its answer.",
		Buckets: prometheus.ExponentialBuckets(25e-6, 4, 10), // to 6.5 s
	})
	m.registry.MustRegister(m, m.firstByte, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Describe names the metrics.
func (m *metrics) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{connectionsDesc, acceptedDesc, refusedDesc, requestsDesc,
		blocksDesc, bytesDesc, errorsDesc, filesDesc, appsDesc, recoveryDesc} {
		c <- d
	}
}

// Collect reads them.
func (m *metrics) Collect(c chan<- prometheus.Metric) {
	st := m.server.Stats()
	gauge := func(d *prometheus.Desc, v int) {
		c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v))
	}
	count := func(d *prometheus.Desc, v int64, labels ...string) {
		c <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge(connectionsDesc, st.Connections)
	count(acceptedDesc, st.Accepted)
	count(refusedDesc, st.Unproved, "unproved")
	count(refusedDesc, st.Busy, "busy")
	count(requestsDesc, st.Requests)
	count(blocksDesc, st.Blocks)
	count(bytesDesc, st.Bytes)
	count(errorsDesc, st.NotFound, "not_found")
	count(errorsDesc, st.Corrupt, "corrupt")
	count(errorsDesc, st.Failed, "failed")
	count(errorsDesc, st.Refused, "refused")
	gauge(filesDesc, m.files.Open())
	gauge(appsDesc, m.apps.count())
	kept := 0
	if m.recovery.kept() {
		kept = 1
	}
	gauge(recoveryDesc, kept)
}

// observe is told how long a request waited for its first byte.
func (m *metrics) observe(d time.Duration) { m.firstByte.Observe(d.Seconds()) }

// listen opens the metrics' port: on host, or on loopback where none is named. A negative port is
// any.
func (m *metrics) listen(host string, port int) (net.Listener, error) {
	if host == "" {
		host = "127.0.0.1"
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(max(port, 0))))
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	return l, nil
}

// serve answers until ctx ends.
func (m *metrics) serve(ctx context.Context, l net.Listener) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 4,
	}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "ok")
	})
	server := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second,
		WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}
