package assembly

import "testing"

// deliberate is where we differ on purpose: OpenResty takes these in http{},
// where nothing ever runs them.
var deliberate = map[string]bool{
	"set_encode_base32 (ngx_http_set_misc_module): not taken in http":        true,
	"set_decode_base32 (ngx_http_set_misc_module): not taken in http":        true,
	"set_hashed_upstream (ngx_http_set_misc_module): not taken in http":      true,
	"set_local_today (ngx_http_set_misc_module): not taken in http":          true,
	"set_formatted_local_time (ngx_http_set_misc_module): not taken in http": true,
	"set_formatted_gmt_time (ngx_http_set_misc_module): not taken in http":   true,
}

// Every directive stands where nginx and OpenResty let it stand, with as many
// arguments: core/config/known has their tables.
func TestTable(t *testing.T) {
	table, err := Program().Table()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, d := range table.Compare() {
		if !deliberate[d] {
			t.Errorf("differs from nginx's table: %s", d)
			continue
		}
		found++
	}
	if found != len(deliberate) {
		t.Errorf("%d of the %d deliberate differences are left: the list is too long", found, len(deliberate))
	}
}
