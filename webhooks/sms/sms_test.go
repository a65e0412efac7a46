package sms

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
)

func aliyun(t *testing.T) *Aliyun {
	t.Helper()
	a, err := NewAliyun(Aliyun{KeyID: "YourAccessKeyId", Key: "YourAccessKeySecret", SignName: "汕尾公安", Template: "SMS_1"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func tencent(t *testing.T) *Tencent {
	t.Helper()
	p, err := NewTencent(Tencent{KeyID: "id", Key: "key", App: "1400", SignName: "汕尾公安", Template: "1"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mas(t *testing.T) *MAS {
	t.Helper()
	m, err := NewMAS(MAS{Address: "https://mas.example.gov.cn/sms/tmpsubmit", Company: "测试企业", App: "apid1", Key: "secret1", Sign: "SIGNCODE", Template: "T1"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func message() Message {
	return Message{ID: "0190", Phone: "13800138000", Values: []Value{{"number", "J1"}, {"state", "已答复"}}}
}

func now() time.Time { return time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC) }

// The vectors are the providers' own; that of 云MAS was computed from its rule.
func TestSignaturesAreTheProviders(t *testing.T) {
	t.Parallel()
	h := aliyun(t).sign(acs3{
		host: "ecs.cn-shanghai.aliyuncs.com", action: "RunInstances", version: "2014-05-26", nonce: "3156853299f313e23d1673dc12e1703d",
		query: escaped(url.Values{"ImageId": {"win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}, "RegionId": {"cn-shanghai"}}),
		at:    time.Date(2023, 10, 26, 10, 22, 32, 0, time.UTC),
	})
	const acs = "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version," +
		"Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
	if got := h.Get("Authorization"); got != acs {
		t.Errorf("ACS3: %s", got)
	}
	h = tc3{id: "AKID", key: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", service: "cvm", host: "cvm.tencentcloudapi.com", at: time.Unix(1551113065, 0)}.
		sign([]byte(`{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`))
	const tc = "TC3-HMAC-SHA256 Credential=AKID/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, " +
		"Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
	if got := h.Get("Authorization"); got != tc {
		t.Errorf("TC3: %s", got)
	}
	if got := mas(t).mac("13800138000", "您的工单已受理"); got != "ab32bade5e983200acf009f4daa24284" {
		t.Errorf("云MAS: %s", got)
	}
}

func TestWhatIsSentIsTheTemplatesValuesAlone(t *testing.T) {
	t.Parallel()
	r, err := aliyun(t).Send(message(), now(), "n")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(r.URL)
	if err != nil || u.Host != "dysmsapi.aliyuncs.com" || strings.Contains(u.RawQuery, "+") {
		t.Fatalf("%s, %v", r.URL, err)
	}
	if q := u.Query(); q.Get("PhoneNumbers") != "13800138000" || q.Get("OutId") != "0190" || q.Get("TemplateParam") != `{"number":"J1","state":"已答复"}` || q.Get("TemplateCode") != "SMS_1" {
		t.Errorf("%v", q)
	}
	r, err = tencent(t).Send(message(), now(), "")
	const want = `{"PhoneNumberSet":["+8613800138000"],"SessionContext":"0190","SignName":"汕尾公安","SmsSdkAppId":"1400","TemplateId":"1","TemplateParamSet":["J1","已答复"]}`
	if err != nil || string(r.Body) != want || r.Header.Get("X-TC-Action") != "SendSms" || r.Header.Get("X-TC-Timestamp") != "1796000400" {
		t.Errorf("%s %v, %v", r.Body, r.Header, err)
	}
	r, err = mas(t).Send(message(), now(), "")
	if err != nil {
		t.Fatal(err)
	}
	body, err := base64.StdEncoding.DecodeString(string(r.Body))
	var sent map[string]string
	if err != nil || json.Unmarshal(body, &sent) != nil {
		t.Fatalf("%s, %v", r.Body, err)
	}
	if sent["params"] != `["J1","已答复"]` || sent["mobiles"] != "13800138000" || sent["mac"] != mas(t).mac("T1", "13800138000", `["J1","已答复"]`) {
		t.Errorf("%v", sent)
	}
}

func TestWhatAProviderAnswersIsClassified(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p      Provider
		status int
		answer string
		id     string
		class  Class
	}{
		{aliyun(t), 200, `{"Code":"OK","BizId":"9^0","RequestId":"r"}`, "9^0", ""},
		{aliyun(t), 200, `{"Code":"isv.BUSINESS_LIMIT_CONTROL"}`, "", Later},
		{aliyun(t), 200, `{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}`, "", Nobody},
		{aliyun(t), 200, `{"Code":"isv.SMS_SIGNATURE_ILLEGAL"}`, "", Refused},
		{aliyun(t), 400, `{"Code":"Throttling.User"}`, "", Later},
		{aliyun(t), 200, `{}`, "", Unknown},
		{aliyun(t), 502, `<html>`, "", Unknown},
		{aliyun(t), 429, ``, "", Later},
		{tencent(t), 200, `{"Response":{"SendStatusSet":[{"SerialNo":"S1","Code":"Ok"}]}}`, "S1", ""},
		{tencent(t), 200, `{"Response":{"SendStatusSet":[{"Code":"LimitExceeded.PhoneNumberDailyLimit"}]}}`, "", Later},
		{tencent(t), 200, `{"Response":{"SendStatusSet":[{"Code":"FailedOperation.PhoneNumberInBlacklist"}]}}`, "", Nobody},
		{tencent(t), 200, `{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire"}}}`, "", Later},
		{tencent(t), 200, `{"Response":{}}`, "", Unknown},
		{tencent(t), 200, `no JSON`, "", Unknown},
		{mas(t), 200, `{"rspcod":"success","mgsGroup":"G1","success":true}`, "G1", ""},
		{mas(t), 200, `{"rspcod":"IllegalMac","success":false}`, "", Refused},
		{mas(t), 200, `{"rspcod":"InvalidUsrOrPwd","success":false}`, "", Later},
		{mas(t), 200, `{"success":false}`, "", Unknown},
	} {
		id, err := c.p.Sent(c.status, []byte(c.answer))
		f, failed := errors.AsType[*AnswerError](err)
		if id != c.id || failed != (c.class != "") || failed && f.Class != c.class {
			t.Errorf("%T %d %s: %q, %v", c.p, c.status, c.answer, id, err)
		}
	}
}

func TestAProviderIsAskedBeforeAMessageIsSentAgain(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, 11, 29, 16, 30, 0, 0, time.UTC) // the next day in Beijing
	r, ok := aliyun(t).Find(message(), late, now(), "n")
	u, err := url.Parse(r.URL)
	if !ok || err != nil || u.Query().Get("SendDate") != "20261130" || u.Query().Get("PhoneNumber") != "13800138000" {
		t.Errorf("%v %v", u, err)
	}
	for _, c := range []struct {
		p      Provider
		answer string
		found  bool
		fails  bool
	}{
		{aliyun(t), `{"Code":"OK","SmsSendDetailDTOs":{"SmsSendDetailDTO":[{"OutId":"x"},{"OutId":"0190"}]}}`, true, false},
		{aliyun(t), `{"Code":"OK","SmsSendDetailDTOs":{"SmsSendDetailDTO":[{"OutId":"x"}]}}`, false, false},
		{aliyun(t), `{"Code":"isp.SYSTEM_ERROR"}`, false, true},
		{tencent(t), `{"Response":{"PullSmsSendStatusSet":[{"SerialNo":"S1","SessionContext":"0190"}]}}`, true, false},
		{tencent(t), `{"Response":{"PullSmsSendStatusSet":[]}}`, false, false},
		{tencent(t), `{"Response":{"Error":{"Code":"UnauthorizedOperation"}}}`, false, true},
	} {
		_, found, err := c.p.Found(message(), 200, []byte(c.answer))
		if found != c.found || (err != nil) != c.fails {
			t.Errorf("%T %s: %v, %v", c.p, c.answer, found, err)
		}
	}
	if _, ok := mas(t).Find(message(), late, now(), "n"); ok {
		t.Error("云MAS can be asked")
	}
}

func TestPushesAreReportsAndReplies(t *testing.T) {
	t.Parallel()
	reports, _, err := aliyun(t).Read([]byte(`[{"phone_number":"13800138000","success":true,"err_code":"DELIVERED","biz_id":"9^0","out_id":"0190"}]`))
	if err != nil || len(reports) != 1 || reports[0] != (Report{ID: "0190", Provider: "9^0", Phone: "13800138000", Arrived: true, Code: "DELIVERED"}) {
		t.Errorf("%v %v", reports, err)
	}
	_, replies, err := tencent(t).Read([]byte(`{"extend":"","mobile":"13800138000","nationcode":"86","sign":"s","text":" td ","time":1457336869}`))
	if err != nil || len(replies) != 1 || !replies[0].Leaves() {
		t.Errorf("%v %v", replies, err)
	}
	reports, replies, err = mas(t).Read([]byte(`[{"mobile":"1","msgGroup":"G1","reportStatus":"CM:0001","errorCode":"x"},{"mobile":"1","smsContent":"谢谢"}]`))
	if err != nil || len(reports) != 1 || reports[0].Arrived || len(replies) != 1 || replies[0].Leaves() {
		t.Errorf("%v %v %v", reports, replies, err)
	}
	for _, p := range []Provider{aliyun(t), tencent(t), mas(t)} {
		if _, _, err := p.Read([]byte(`[{"phone":"13800138000"}]`)); err == nil || strings.Contains(err.Error(), "138") {
			t.Errorf("%T: %v", p, err)
		}
	}
}

func TestAccountsAreChecked(t *testing.T) {
	t.Parallel()
	if _, err := NewAliyun(Aliyun{}); err == nil {
		t.Error("an empty account")
	}
	if _, err := NewTencent(Tencent{Address: "http://a", KeyID: "i", Key: "k", App: "a", SignName: "s", Template: "t"}); err == nil {
		t.Error("an address without TLS")
	}
	if _, err := NewMAS(MAS{Address: "http://112.0.0.1:1992/sms/norsubmit", Company: "c", App: "a", Key: "k", Sign: "s", Template: "t"}); err == nil {
		t.Error("云MAS without TLS")
	}
}

// FuzzRead: whatever comes is read whole or not at all, and every answer is a success or classified.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`[{"phone_number":"1","success":true},{"content":"T"}]`))
	f.Add([]byte(`{"mobile":"1","text":"T"}`))
	f.Add([]byte(`[{"mobile":"1","reportStatus":"CM:0000"}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, p := range []Provider{&Aliyun{}, &Tencent{}, &MAS{}} {
			reports, replies, err := p.Read(body)
			if err != nil && len(reports)+len(replies) > 0 {
				t.Errorf("%T takes half of %q", p, body)
			}
			if _, err := p.Sent(200, body); err != nil && !isFailure(err) {
				t.Errorf("%v", err)
			}
			if _, _, err := p.Found(message(), 200, body); err != nil && !isFailure(err) {
				t.Errorf("%v", err)
			}
		}
	})
}

func isFailure(err error) bool {
	_, ok := errors.AsType[*AnswerError](err)
	return ok
}
