/*
 * A PKCS #11 module that misbehaves as HOSTILE_TOKEN says: hang, crash, abort, final-try, locked, wrong-pin, no-sign, liar,
 * hang-sign, endless, unplugged. Each C_Login adds a line to HOSTILE_LOG. It has one token, 'hostile', with one key, 'ci'.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ulong;
typedef struct { ulong type; void *value; ulong length; } attribute;

static const char *mood(void) {
    const char *said = getenv("HOSTILE_TOKEN");
    return said ? said : "";
}
static int is(const char *one) { return strcmp(mood(), one) == 0; }

static ulong initialize(void *arguments) {
    (void) arguments;
    if (is("hang")) for (;;) sleep(1000);
    if (is("crash")) *(volatile int *) 8 = 1;
    if (is("abort")) abort();
    return 0;
}

static ulong slots(unsigned char present, ulong *list, ulong *count) {
    (void) present;
    if (is("endless")) { *count = ~0UL >> 1; if (list) memset(list, 0, 256 * sizeof *list); return 0; }
    if (list) list[0] = 7;
    *count = 1;
    return 0;
}

static ulong token(ulong slot, unsigned char *info) {
    (void) slot;
    if (is("unplugged")) return 0xE0;
    memset(info, ' ', 96);
    memcpy(info, "hostile", 7);
    memcpy(info + 80, "1", 1);
    ulong flags = 0x4 | 0x8 | 0x400;
    if (is("final-try")) flags |= 0x20000;
    if (is("locked")) flags |= 0x40000;
    memset(info + 96, 0, 112);
    memcpy(info + 96, &flags, sizeof flags);
    return 0;
}

static ulong open_session(ulong slot, ulong flags, void *a, void *b, ulong *session) {
    (void) slot; (void) flags; (void) a; (void) b;
    *session = 1;
    return 0;
}

static ulong login(ulong session, ulong user, unsigned char *pin, ulong length) {
    (void) session; (void) user; (void) pin; (void) length;
    const char *name = getenv("HOSTILE_LOG");
    FILE *log = name ? fopen(name, "a") : NULL;
    if (log) { fputs("login\n", log); fclose(log); }
    return is("wrong-pin") ? 0xA0 : 0;
}

static ulong wanted;
static int found;
static ulong find_init(ulong session, attribute *template, ulong count) {
    (void) session;
    wanted = count > 0 ? *(ulong *) template[0].value : ~0UL;
    found = 0;
    return 0;
}
static ulong find(ulong session, ulong *handles, ulong most, ulong *count) {
    (void) session;
    *count = 0;
    if (!found && most > 0 && (wanted == 3 || wanted == 2)) { handles[0] = wanted; *count = 1; found = 1; }
    return 0;
}
static ulong find_final(ulong session) { (void) session; return 0; }

/* P-256 and its base point: a public key that is one. */
static const unsigned char p256[] = {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7};
static const unsigned char point[] = {4, 0x41, 4,
    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
    0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
    0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16,
    0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5};

static ulong get(ulong session, ulong object, attribute *asked, ulong count) {
    (void) session; (void) count;
    static unsigned char yes = 1, no = 0;
    const void *value = NULL;
    ulong length = 0;
    switch (asked->type) {
    case 3: value = "ci"; length = 2; break;
    case 0x102: value = "\1"; length = 1; break;
    case 0x108: value = is("no-sign") ? &no : &yes; length = 1; break;
    case 0x180: if (object == 2) { value = p256; length = sizeof p256; } break;
    case 0x181: if (object == 2) { value = point; length = sizeof point; } break;
    }
    if (!value) { asked->length = ~0UL; return 0x12; }
    if (is("endless")) length = 1UL << 40;
    if (asked->value) memcpy(asked->value, value, length);
    asked->length = length;
    return 0;
}

static ulong sign_init(ulong session, void *mechanism, ulong key) {
    (void) session; (void) mechanism; (void) key;
    if (is("hang-sign")) for (;;) sleep(1000);
    return 0;
}
static ulong sign(ulong session, void *data, ulong length, unsigned char *signature, ulong *size) {
    (void) session; (void) data; (void) length;
    memset(signature, 7, 64);
    *size = 64;
    return 0;
}
static ulong other(void) { return 0x54; }

static struct { unsigned char version[8]; void *functions[68]; } list;

ulong C_GetFunctionList(void **out) {
    list.version[0] = 2;
    list.version[1] = 40;
    for (int i = 0; i < 68; i++) list.functions[i] = (void *) other;
    list.functions[0] = (void *) initialize;
    list.functions[4] = (void *) slots;
    list.functions[6] = (void *) token;
    list.functions[12] = (void *) open_session;
    list.functions[18] = (void *) login;
    list.functions[24] = (void *) get;
    list.functions[26] = (void *) find_init;
    list.functions[27] = (void *) find;
    list.functions[28] = (void *) find_final;
    list.functions[42] = (void *) sign_init;
    list.functions[43] = (void *) sign;
    *out = &list;
    return 0;
}
