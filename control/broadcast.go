package control

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"
)

// Broadcast collects the chunks of a value.
func (l *dialed) Broadcast(ctx context.Context, id int64) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := l.client.Broadcast(ctx, &BroadcastRequest{Id: id})
	if err != nil {
		return nil, fmt.Errorf("fetch broadcast %d: %w", id, err)
	}
	var value []byte
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return value, nil
		}
		if err != nil {
			return nil, fmt.Errorf("fetch broadcast %d: %w", id, err)
		}
		if len(value)+len(chunk.Data) > MaxBroadcast {
			return nil, fmt.Errorf("fetch broadcast %d: more than %d bytes", id, MaxBroadcast)
		}
		value = append(value, chunk.Data...)
	}
}

// Broadcast sends a value in chunks, none of them copied before gRPC does.
func (s *server) Broadcast(q *BroadcastRequest, out grpc.ServerStreamingServer[Chunk]) error {
	value, err := s.handler.BroadcastValue(out.Context(), q.Id)
	if err != nil {
		return err
	}
	for len(value) > 0 {
		n := min(len(value), ChunkSize)
		if err := out.Send(&Chunk{Data: value[:n]}); err != nil {
			return err
		}
		value = value[n:]
	}
	return nil
}
