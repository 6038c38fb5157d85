package googlefake

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc/peer"
)

// listener gives the gRPC server its connections, and knows them, so that one
// can be cut. Those that do not begin with HTTP/2's preface are of the web: Cloud
// Storage and the bill are on the same port.
type listener struct {
	net.Listener
	web   *webListener
	conns chan net.Conn
	once  sync.Once
	err   error
	done  chan struct{}

	mu   sync.Mutex
	open map[string][]net.Conn // by the caller's address
}

// listen accepts on l; sniff tells the two kinds of callers apart.
func listen(l net.Listener, sniff bool) *listener {
	out := &listener{Listener: l, conns: make(chan net.Conn), done: make(chan struct{}), open: map[string][]net.Conn{}}
	out.web = &webListener{Listener: l, conns: make(chan net.Conn), done: out.done}
	go out.accept(sniff)
	return out
}

func (l *listener) accept(sniff bool) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			l.err = err
			l.once.Do(func() { close(l.done) })
			return
		}
		if !sniff {
			give(l.conns, c, l.done)
			continue
		}
		go l.sort(c)
	}
}

// sort gives a connection to the server that it is for.
func (l *listener) sort(c net.Conn) {
	const preface, patience = "PRI", 10 * time.Second
	begin := make([]byte, len(preface))
	_ = c.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.ReadFull(c, begin); err != nil {
		_ = c.Close()
		return
	}
	_ = c.SetReadDeadline(time.Time{})
	begun := &begunConn{Conn: c, begin: begin}
	if string(begin) == preface {
		give(l.conns, begun, l.done)
		return
	}
	give(l.web.conns, begun, l.done)
}

func give(to chan<- net.Conn, c net.Conn, done <-chan struct{}) {
	select {
	case to <- c:
	case <-done:
		_ = c.Close()
	}
}

// begunConn is a connection of which the beginning has been read.
type begunConn struct {
	net.Conn
	begin []byte
}

func (c *begunConn) Read(p []byte) (int, error) {
	if len(c.begin) > 0 {
		n := copy(p, c.begin)
		c.begin = c.begin[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.open[c.RemoteAddr().String()] = append(l.open[c.RemoteAddr().String()], c)
		return c, nil
	case <-l.done:
		return nil, l.err
	}
}

// cut closes the connection on which ctx's call came.
func (l *listener) cut(ctx context.Context) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.open[p.Addr.String()] {
		_ = c.Close()
	}
	delete(l.open, p.Addr.String())
}

// webListener gives the web server its connections.
type webListener struct {
	net.Listener
	conns chan net.Conn
	done  chan struct{}
}

func (l *webListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
