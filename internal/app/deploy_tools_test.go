package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The unit keeps the program from all it does not need, as systemd itself counts it.
func TestTheUnitIsHardened(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("NOT CHECKED: there is no systemd-analyze")
	}
	const most = "15" // of 100: 1.5
	out, err := exec.CommandContext(t.Context(), analyze, "security", "--offline=true", "--threshold="+most, filepath.Join(deployFolder, "systemd/jiesu.service")).CombinedOutput()
	if err != nil {
		t.Errorf("systemd-analyze: %v\n%s", err, out)
	}
}

// Both files for nginx are taken by nginx, with their certificates, upstreams and limits.
func TestNginxTakesItsFiles(t *testing.T) {
	t.Parallel()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("NOT CHECKED: there is no nginx (package nginx-light)")
	}
	said, err := exec.CommandContext(t.Context(), nginx, "-v").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(regexp.MustCompile(`\d+\.\d+\.\d+`).FindString(string(said)), "%d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatalf("%s: %v", said, err)
	}
	resolves := major > 1 || minor > 27 || minor == 27 && patch >= 3
	for _, name := range []string{"jiesu.conf", "replicas.conf"} {
		shipped, err := os.ReadFile(filepath.Join(deployFolder, "nginx", name))
		if err != nil {
			t.Fatal(err)
		}
		conf, dir := string(shipped), t.TempDir()
		for from, to := range map[string]string{
			`/etc/nginx/(tls/)?`: dir + "/", `listen 80;`: "listen unix:" + dir + "/plain;", `listen 443 ssl`: "listen unix:" + dir + "/secure ssl", `(?m)^\s*listen \[::\].*$`: "",
		} {
			conf = regexp.MustCompile(from).ReplaceAllString(conf, to)
		}
		if !resolves {
			t.Logf("%s: what only nginx 1.27.3 knows is not checked by %d.%d.%d", name, major, minor, patch)
			conf = regexp.MustCompile(`(?m)^\s*(resolver|http2) .*$`).ReplaceAllString(strings.NewReplacer(" resolve ", " ", "server jiesu:8080", "server 127.0.0.1:8080").Replace(conf), "")
		}
		certifyFor(t, dir)
		whole := fmt.Sprintf("pid %[1]s/pid; error_log %[1]s/errors; events {} http { client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s; %[2]s }", dir, conf)
		file := filepath.Join(dir, "nginx.conf")
		if err := os.WriteFile(file, []byte(whole), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), nginx, "-t", "-c", file, "-e", filepath.Join(dir, "errors")).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// certifyFor makes a certificate and its key where the files look for them.
func certifyFor(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"jiesu.crt": {Type: "CERTIFICATE", Bytes: raw}, "jiesu.key": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
