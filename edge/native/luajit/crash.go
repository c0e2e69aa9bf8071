package luajit

// int mg_keep_aborts(void);
import "C"

func init() { C.mg_keep_aborts() }
