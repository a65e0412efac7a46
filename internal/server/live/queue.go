package live

import "sync"

// queue holds the replies a connection has not written yet, bounded in frames
// and bytes. It takes no memory while it is empty.
type queue struct {
	mu        sync.Mutex
	frames    [][]byte
	bytes     int
	maxFrames int
	maxBytes  int
	filled    func() // called when there are frames; it never blocks
}

func newQueue(maxFrames, maxBytes int, filled func()) *queue {
	return &queue{maxFrames: maxFrames, maxBytes: maxBytes, filled: filled}
}

// push adds a frame, or reports that there is no room for it.
func (q *queue) push(frame []byte) bool {
	q.mu.Lock()
	if len(q.frames) >= q.maxFrames || q.bytes+len(frame) > q.maxBytes {
		q.mu.Unlock()
		return false
	}
	q.frames = append(q.frames, frame)
	q.bytes += len(frame)
	q.mu.Unlock()
	q.filled()
	return true
}

// note adds a frame that may be lost, unless there is little room left for others.
func (q *queue) note(frame []byte) {
	q.mu.Lock()
	scarce := len(q.frames) >= q.maxFrames/2 || q.bytes+len(frame) > q.maxBytes/2
	q.mu.Unlock()
	if !scarce {
		_ = q.push(frame) // it may be lost
	}
}

// take returns everything in the queue and empties it.
func (q *queue) take() [][]byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	frames := q.frames
	q.frames, q.bytes = nil, 0
	return frames
}
