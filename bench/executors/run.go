package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	onyarn "github.com/weft-data/weft/containers/yarn"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/submit"
)

// run is one application: it begins, has its executors, and ends.
func (b benchmark) run(ctx context.Context) (took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := b.request()
	if err != nil {
		return 0, err
	}
	attempt, err := submit.Unmanaged(ctx, request)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, attempt.Close(ctx)) }()
	door, err := listen(attempt.Identity, b.executors)
	if err != nil {
		return 0, err
	}
	defer door.Close()
	cluster, err := onyarn.New(onyarn.OfAttempt(attempt, request.Conf, nil))
	if err != nil {
		return 0, err
	}
	events := make(chan containers.Event)
	if err := cluster.Start(ctx, events); err != nil {
		return 0, err
	}
	a := app{cluster, attempt.Identity, door, events}
	took, err = a.fill(ctx, b.executors)
	return took, errors.Join(err, a.finish(ctx))
}

func (b benchmark) request() (submit.Request, error) {
	hadoop, err := conf.LoadHadoop(os.Getenv("HADOOP_CONF_DIR"))
	if err != nil {
		return submit.Request{}, err
	}
	c, err := conf.Load(conf.Sources{Getenv: os.Getenv})
	if err != nil {
		return submit.Request{}, err
	}
	p, err := submit.CheckProgram(b.pi)
	return submit.Request{Program: p, Conf: c, Hadoop: hadoop, Started: time.Now()}, err
}

// app is an application without a driver.
type app struct {
	cluster *onyarn.Cluster
	id      *identity.Identity
	door    *door
	events  chan containers.Event
}

// fill asks for n executors at once and waits until they run.
func (a app) fill(ctx context.Context, n int) (time.Duration, error) {
	began := time.Now()
	err := a.cluster.Want(ctx, []containers.Ask{{Resource: resource.Make(256, 1), Count: n}})
	for launched, proved := int32(0), 0; err == nil && proved < n; {
		select {
		case e := <-a.events:
			switch e := e.(type) {
			case containers.Allocated:
				for _, c := range e.Containers {
					launched++
					err = errors.Join(err, a.launch(ctx, c, launched))
				}
			case containers.Completed:
				err = errors.New(e.String())
			}
		case <-a.door.proved:
			proved++
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	return time.Since(began), err
}

func (a app) launch(ctx context.Context, c containers.Container, executor int32) error {
	return a.cluster.Launch(ctx, c.ID, containers.Launch{
		Executor: executor, Driver: a.door.Addr().String(), Host: c.Host, Slots: 1,
		Resource: c.Resource, Identity: a.id,
	})
}

// finish ends the application while events go on.
func (a app) finish(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- a.cluster.Finish(ctx, containers.Final{}) }()
	for {
		select {
		case err := <-done:
			return err
		case <-a.events:
		}
	}
}

// door is where executors connect.
type door struct {
	net.Listener
	proved chan struct{} // one for each that has the application's identity
}

// settings is the empty frame with which an HTTP/2 server begins: length 0, type 4, stream 0.
var settings = []byte{0, 0, 0, 4, 0, 0, 0, 0, 0}

func listen(id *identity.Identity, executors int) (*door, error) {
	server := id.ServerTLS()
	server.NextProtos = []string{"h2"}
	l, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		return nil, err
	}
	d := &door{l, make(chan struct{}, executors)}
	go d.serve()
	return d, nil
}

// serve ends with the door.
func (d *door) serve() {
	for {
		conn, err := d.Accept()
		if err != nil {
			return
		}
		go d.hold(conn)
	}
}

// hold keeps a connection open until the executor goes.
func (d *door) hold(conn net.Conn) {
	defer conn.Close()
	if _, err := conn.Write(settings); err != nil { // with the handshake, which proves both
		return
	}
	d.proved <- struct{}{}
	buf := make([]byte, 1024)
	for err := error(nil); err == nil; {
		_, err = conn.Read(buf)
	}
}
