package server

import (
	"net/netip"

	"github.com/gin-gonic/gin"
)

// Routes lists every route of s.
func Routes(s *Server) gin.RoutesInfo { return s.engine.Routes() }

// IsOpen reports whether a route is one of the open doors.
func IsOpen(s *Server, method, path string) bool {
	_, open := s.doors[method+" "+path]
	return open
}

// OpenDoors lists the open routes as "METHOD template".
func OpenDoors() []string {
	var all []string
	for _, d := range openDoors() {
		all = append(all, d.method+" "+d.path)
	}
	return all
}

// TrustTest trusts the peer of httptest requests.
func TrustTest() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} }

// Workbook is a row as a workbook.
func Workbook(row []string) ([]byte, error) {
	f, err := newWorkbookFile("x", [][]string{row})
	return f.Body, err
}

// Abilities lists the words a user can be told it can do.
func Abilities() []any { return ability("").Schema(nil).Enum }
